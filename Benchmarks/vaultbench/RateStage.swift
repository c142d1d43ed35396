import FoundationEssentials
import SwiftProtobuf
import VaultAPI
import VaultTestSupport

/// Requests a second and the time of one request, on a small store.
struct RateStage {
    /// Requests of a run with ten connections; a run with one takes a fifth.
    let requests: Int

    func run(vaultd: Contender, etcd: Contender, into report: inout Report) async throws {
        for contender in [vaultd, etcd] {
            let client = try await BenchClient(contender.server.socketPath)
            try await client.load(from: 0, to: 1)
            await client.close()
        }
        let read = try bytes(
            Etcdserverpb_RangeRequest.with { $0.key = Data(BenchClient.key(0).utf8) })
        let write = try bytes(
            Etcdserverpb_PutRequest.with {
                $0.key = Data(BenchClient.key(0).utf8)
                $0.value = BenchClient.value(0)
            })
        let cases: [(String, VaultAPI.Method, [UInt8], String, String)] = [
            ("Range of one 200-byte value", Methods.KV.range, read, "ratio >= 5", "ratio <= 0.333"),
            ("durable Put of 200 bytes", Methods.KV.put, write, "ratio >= 3", "ratio <= 1"),
        ]
        for (name, method, message, wantedRate, wantedTime) in cases {
            let writes = method == Methods.KV.put
            let many = try await both(vaultd, etcd) { contender in
                try await checked(contender, method, message, writes, connections: 10, streams: 10)
            }
            report.add(
                "\(name), 10 x 10", "req/s", vaultd: many.0.rate, etcd: many.1.rate,
                target: wantedRate)
            let one = try await both(vaultd, etcd) { contender in
                try await checked(contender, method, message, writes, connections: 1, streams: 1)
            }
            report.add(
                "\(name), 1 x 1, mean", "us", vaultd: one.0.meanMicroseconds,
                etcd: one.1.meanMicroseconds, target: wantedTime)
        }
    }

    private func both<Result>(
        _ vaultd: Contender, _ etcd: Contender,
        _ measure: (Contender) async throws -> Result
    ) async throws -> (Result, Result) {
        // etcd first, so that vaultd has no cold caches to complain of, nor a warmer machine.
        let oracle = try await measure(etcd)
        return (try await measure(vaultd), oracle)
    }

    /// The better of two runs, after checking that every write was done and that reads find the key.
    private func checked(
        _ contender: Contender, _ method: VaultAPI.Method, _ message: [UInt8], _ writes: Bool,
        connections: Int, streams: Int
    ) async throws -> H2Load {
        let client = try await BenchClient(contender.server.socketPath)
        let count = connections > 1 ? requests : requests / 5
        var best: H2Load?
        for _ in 0..<2 {
            let before = try await client.revision()
            let run = try H2Load(
                method, message: message, socket: contender.server.socketPath, requests: count,
                connections: connections, streams: streams)
            let after = try await client.revision()
            guard after - before == (writes ? Int64(count) : 0) else {
                throw BenchFailure("\(contender.name): \(after - before) of \(count) writes done")
            }
            if run.rate > best?.rate ?? 0 { best = run }
        }
        let found = try await client.range(.with { $0.key = Data(BenchClient.key(0).utf8) })
        await client.close()
        guard let best, found.kvs.first?.value.count == BenchClient.valueBytes else {
            throw BenchFailure("\(contender.name): the key that was measured is not there")
        }
        return best
    }

    private func bytes(_ message: some Message) throws -> [UInt8] {
        try message.serializedBytes()
    }
}
