import ArgumentParser
import FoundationEssentials
import Glibc
import SwiftProtobuf
import VaultAPI

/// A watcher that does not read, and one that does.
struct Sleeper: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put bytes past a watcher that sleeps; prints what it cost.",
        discussion: """
            A reading watcher must get every event. Prints events/s of it, MiB by which the \
            server's RssAnon grew at the most, and what the sleeper got when it read again: \
            `all`, or `compacted`.
            """)

    @Option(help: "The server's UNIX socket.")
    var socket: String
    @Option(help: "The server's process.")
    var process: Int
    @Option(help: "MiB of values to put.")
    var mebibytes = 1024
    @Option(help: "Bytes of each value.")
    var valueBytes = 32_768
    @Flag(help: "Only the reading watcher, for comparison.")
    var awake = false

    func run() throws {
        let puts = mebibytes << 20 / valueBytes
        let writer = try RawConnection(socket, path: Methods.KV.put.path)
        var reader = try Watchers(socket, connections: 1)
        try reader.add([request])
        var sleeper = try Watchers(socket, connections: 1)
        if !awake { try sleeper.add([request]) }
        let before = try ServerMemory.anonymous(of: process)
        var grown = 0
        var got = 0
        var sent = 0
        let start = Nanoseconds.now()
        while got < puts {
            while sent < puts, sent - min(got, writer.answerCount) < 32 {
                try writer.call(
                    PutMessage.encode(key, stamp: Nanoseconds.now(), count: valueBytes))
                sent += 1
            }
            try writer.flush()
            let connections = reader.connections + [writer]
            for index in UnixClient.wait(for: connections) {
                _ = try connections[index].receive { _, message in
                    guard index == 0 else { return }
                    let answer = WatchAnswer(message) { _, _, _ in got += 1 }
                    guard !answer.isCancelled else {
                        throw RawConnection.Failure(description: "the reader was cancelled")
                    }
                }
            }
            if sent % 256 == 0 {
                grown = max(grown, try ServerMemory.anonymous(of: process) - before)
            }
        }
        let elapsed = Double(Nanoseconds.now() - start) / 1e9
        let end = awake ? "-" : try wake(sleeper, puts)
        print(decimal(Double(puts) / elapsed), decimal(Double(grown) / 1_048_576), end)
    }

    private var key: [UInt8] { Array("bench/sleeper".utf8) }

    private var request: Etcdserverpb_WatchCreateRequest {
        var request = Etcdserverpb_WatchCreateRequest()
        request.key = .init(key)
        return request
    }

    /// Reads what the sleeper left.
    private func wake(_ sleeper: Watchers, _ puts: Int) throws -> String {
        var got = 0
        var revision: Int64 = 0
        var isCompacted = false
        while got < puts, !isCompacted {
            _ = try sleeper.connections[0].receive(waits: true) { _, message in
                let answer = try WatchAnswer(message) { _, next, _ in
                    guard revision == 0 || next == revision + 1 else {
                        throw RawConnection.Failure(description: "the sleeper misses an event")
                    }
                    revision = next
                    got += 1
                }
                isCompacted = answer.isCancelled && answer.compactRevision > 0
            }
        }
        return isCompacted ? "compacted" : "all"
    }
}

enum ServerMemory {
    /// Bytes of a process's own memory, without mapped files.
    static func anonymous(of process: Int) throws -> Int {
        guard let file = fopen("/proc/\(process)/status", "r") else {
            throw RawConnection.Failure(description: "there is no process \(process)")
        }
        defer { fclose(file) }
        var text = [UInt8](repeating: 0, count: 8_192)
        let count = fread(&text, 1, text.count, file)
        for line in String(decoding: text[..<count], as: UTF8.self).split(separator: "\n")
        where line.hasPrefix("RssAnon:") {
            let number = line.filter(\.isNumber)
            return (Int(number) ?? 0) * 1_024
        }
        throw RawConnection.Failure(description: "no RssAnon of process \(process)")
    }
}
