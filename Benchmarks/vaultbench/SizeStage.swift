import VaultTestSupport

/// What a store of many keys costs: time to load, memory, restart, counting.
struct SizeStage {
    let keys: Int

    private struct Figures {
        var loadMicroseconds = 0.0
        var memory: ProcessMemory
        var restartSeconds = 0.0
        var countMilliseconds = 0.0
    }

    func run(
        vaultd: inout Contender, etcd: inout Contender, into report: inout Report
    ) async throws {
        var loaded = 0
        for size in [10_000, 100_000, 1_000_000, keys].filter({ $0 <= keys }).sorted() {
            guard size > loaded else { continue }
            let oracle = try await measure(&etcd, from: loaded, to: size)
            let subject = try await measure(&vaultd, from: loaded, to: size)
            loaded = size
            add(subject, oracle, size: size, to: &report)
        }
    }

    private func measure(
        _ contender: inout Contender, from: Int, to: Int
    ) async throws -> Figures {
        let clock = ContinuousClock()
        var client = try await BenchClient(contender.server.socketPath)
        let begin = clock.now
        try await client.load(from: from, to: to)
        let load = (clock.now - begin).seconds
        await client.close()
        var figures = Figures(memory: try contender.memory())
        figures.loadMicroseconds = load * 1e6 / Double(to - from)
        figures.restartSeconds = try await contender.restart().seconds
        client = try await BenchClient(contender.server.socketPath)
        guard try await client.count() == Int64(to) else {
            throw BenchFailure("\(contender.name) does not have \(to) keys after its restart")
        }
        var times: [Double] = []
        for _ in 0..<21 {
            let start = clock.now
            _ = try await client.count()
            times.append((clock.now - start).seconds * 1e3)
        }
        figures.countMilliseconds = times.sorted()[10]
        figures.memory = try contender.memory()
        await client.close()
        return figures
    }

    private func add(
        _ vaultd: Figures, _ etcd: Figures, size: Int, to report: inout Report
    ) {
        let isFull = size == 1_000_000
        let megabyte = 1_000_000.0
        report.add(
            "\(size) keys: load, time a key", "us", vaultd: vaultd.loadMicroseconds,
            etcd: etcd.loadMicroseconds, target: "flat")
        report.add(
            "\(size) keys: RssAnon after restart", "MB",
            vaultd: Double(vaultd.memory.anonymous) / megabyte,
            etcd: Double(etcd.memory.anonymous) / megabyte, target: isFull ? "<= 250" : "")
        report.add(
            "\(size) keys: RssAnon a key", "B",
            vaultd: Double(vaultd.memory.anonymous) / Double(size),
            etcd: Double(etcd.memory.anonymous) / Double(size), target: "flat")
        report.add(
            "\(size) keys: mapped file, resident", "MB",
            vaultd: Double(vaultd.memory.file) / megabyte,
            etcd: Double(etcd.memory.file) / megabyte, target: isFull ? "one copy" : "")
        report.add(
            "\(size) keys: restart to first read", "s", vaultd: vaultd.restartSeconds,
            etcd: etcd.restartSeconds, target: isFull ? "ratio <= 0.5" : "")
        report.add(
            "\(size) keys: count of all, one call", "ms", vaultd: vaultd.countMilliseconds,
            etcd: etcd.countMilliseconds, target: isFull ? "< 1" : "")
    }
}

extension Duration {
    /// As a fraction.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
