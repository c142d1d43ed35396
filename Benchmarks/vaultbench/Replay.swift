import ArgumentParser
import FoundationEssentials
import SwiftProtobuf
import VaultAPI

struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read history through watchers; prints events/s, events and seconds.",
        discussion: """
            Each watcher starts at the same old revision. With several, either all of them watch \
            everything, or, with --split, each a tenth of the keys: 0 to 9 is the first digit of \
            the application's number in `load`'s keys.
            """)

    @Option(help: "The server's UNIX socket.")
    var socket: String
    @Option(help: "How many watchers, a connection each.")
    var watchers = 1
    @Flag(help: "Each watcher has its own part of the keys; ten at most.")
    var split = false
    @Option(help: "Events that each watcher, or all of them with --split, must get.")
    var events = 1_000_000
    @Option(help: "The first revision.")
    var from: Int64 = 2
    @Option(help: "Give up after as many seconds, and count what has come.")
    var seconds = 60

    func run() throws {
        var watchers = try Watchers(socket, connections: self.watchers)
        var counts = [Int](repeating: 0, count: self.watchers)
        var revisions = [Int64](repeating: 0, count: self.watchers)
        let expected = split ? events : events * self.watchers
        func take(_ connection: Int, _ message: UnsafeRawBufferPointer) throws {
            let answer = WatchAnswer(message) { _, revision, _ in
                counts[connection] += 1
                if revision < revisions[connection] { counts[connection] = .min / 2 }
                revisions[connection] = revision
            }
            guard !answer.isCancelled, counts[connection] >= 0 else {
                throw RawConnection.Failure(description: "cancelled, or events out of order")
            }
        }
        let start = Nanoseconds.now()
        let end = start + Int64(seconds) * 1_000_000_000
        try watchers.add((0..<self.watchers).map(request), events: take)
        while counts.reduce(0, +) < expected, Nanoseconds.now() < end {
            for index in UnixClient.wait(for: watchers.connections) {
                _ = try watchers.connections[index].receive { try take(index, $1) }
            }
        }
        let elapsed = Double(Nanoseconds.now() - start) / 1e9
        let got = counts.reduce(0, +)
        guard got <= expected else {
            throw RawConnection.Failure(description: "\(got) events instead of \(expected)")
        }
        print(decimal(Double(got) / elapsed), got, decimal(elapsed))
    }

    private func request(_ number: Int) -> Etcdserverpb_WatchCreateRequest {
        var request = Etcdserverpb_WatchCreateRequest()
        let prefix = split ? "bench/app-\(number)" : "bench/app-"
        request.key = .init(prefix.utf8)
        request.rangeEnd = .init(prefix.utf8.dropLast() + [(prefix.utf8.last ?? 0) + 1])
        request.startRevision = from
        return request
    }
}
