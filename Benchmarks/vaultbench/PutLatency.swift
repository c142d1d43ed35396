import ArgumentParser
import VaultAPI

struct PutLatency: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put one key, one put at a time; prints the mean, p50, p99 and max in us.")

    @Option(help: "The server's UNIX socket.")
    var socket: String
    @Option(help: "How many puts.")
    var puts = 4_000
    @Option(help: "Bytes of each value.")
    var valueBytes = 200

    func run() throws {
        let writer = try RawConnection(socket, path: Methods.KV.put.path)
        var latencies = Latencies()
        let start = Nanoseconds.now()
        for _ in 0..<puts {
            latencies.add(try writer.put(Array("bench/one".utf8), valueBytes: valueBytes))
        }
        let mean = Double(Nanoseconds.now() - start) / 1000 / Double(puts)
        print(decimal(mean), latencies.text())
    }
}

extension RawConnection {
    /// One put and its answer; returns the time between in nanoseconds.
    func put(_ key: [UInt8], valueBytes: Int) throws -> Int64 {
        let start = Nanoseconds.now()
        let answers = answerCount
        try call(PutMessage.encode(key, stamp: start, count: valueBytes))
        try flush()
        while answerCount == answers { _ = try receive(waits: true) { _, _ in } }
        return Nanoseconds.now() - start
    }
}
