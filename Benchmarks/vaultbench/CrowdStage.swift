import FoundationEssentials
import SwiftProtobuf
import VaultAPI
import VaultTestSupport

/// Single reads while one client reads every key in a loop and another one tries wrong passphrases.
struct CrowdStage {
    let keys: Int
    let seconds: Int

    func run(vaultd: Contender, etcd: Contender, into report: inout Report) async throws {
        let quiet = try await (latencies(of: vaultd, []), latencies(of: etcd, []))
        add("single read, nobody else", quiet.0, quiet.1, "", to: &report)
        let scanned = try await (
            latencies(of: vaultd, ["scan"]), latencies(of: etcd, ["scan"])
        )
        add("single read, all keys read beside", scanned.0, scanned.1, "", to: &report)
        let crowded = try await latencies(of: vaultd, ["scan", "guess"])
        add("single read, and wrong passphrases", crowded, nil, "p99 < 5000", to: &report)
    }

    private func add(
        _ name: String, _ vaultd: [Double], _ etcd: [Double]?, _ target: String,
        to report: inout Report
    ) {
        for (label, part) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
            report.add(
                "\(name), \(label)", "us", vaultd: quantile(vaultd, part),
                etcd: etcd.map { quantile($0, part) }, target: label == "p99" ? target : "")
        }
    }

    private func quantile(_ sorted: [Double], _ part: Double) -> Double {
        sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
    }

    /// Times of reads, sorted, in microseconds. The disturbers are processes of their own, so that
    /// this one's clock measures the server.
    private func latencies(of contender: Contender, _ disturbers: [String]) async throws -> [Double]
    {
        let socket = contender.server.socketPath
        let programs = try disturbers.map {
            try Program(try BuiltPrograms.path("vaultbench"), [$0, socket])
        }
        let client = try await BenchClient(socket)
        let clock = ContinuousClock()
        let begin = clock.now
        var random = SeededRandom(seed: 1)
        var times: [Double] = []
        while clock.now - begin < .seconds(seconds) {
            let number = Int(random.next() % UInt64(keys))
            let request = Etcdserverpb_RangeRequest.with {
                $0.key = Data(BenchClient.key(number).utf8)
            }
            let start = clock.now
            let bytes = try await client.rangeBytes(request)
            times.append((clock.now - start).seconds * 1e6)
            guard bytes > BenchClient.valueBytes else { throw BenchFailure("a key is missing") }
        }
        await client.close()
        for program in programs {
            // Still running: what was measured was measured beside it.
            guard program.ended == nil else {
                throw BenchFailure("\(program.commandLine) ended: \(program.errorText)")
            }
            try program.stop(15)
            let rounds = program.outputText.split(separator: "\n").count
            Output.line("  (\(program.commandLine.split(separator: " ")[1]): \(rounds) rounds)")
        }
        return times.sorted()
    }
}
