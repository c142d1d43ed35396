import ArgumentParser
import FoundationEssentials
import SwiftProtobuf
import VaultAPI

/// One writer and many watchers, on one thread of this program: it puts, and reads what comes.
struct WatchDelivery: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put keys that are watched; prints events/s, p50, p99 and max of the delivery.",
        discussion: """
            A delivery is timed from the sending of the put to the reading of the event, whose value \
            says when it was sent. Every watcher must get every event of its key, in order. The \
            last number is the share of one processor that this program used.
            """)

    @Option(help: "The server's UNIX socket.")
    var socket: String
    @Option(help: "How many watchers.")
    var watchers = 1_000
    @Option(help: "Keys that are watched: watcher n watches key n modulo this.")
    var keys = 1_000
    @Option(help: "Connections of the watchers, a stream each.")
    var connections = 10
    @Option(help: "How many puts; a multiple of the keys.")
    var puts = 100_000
    @Option(help: "Puts whose events are not all there, at most.")
    var underWay = 100
    @Option(help: "Puts a second; 0 for as many as there can be.")
    var rate = 0
    @Option(help: "Bytes of each value.")
    var valueBytes = 200

    func validate() throws {
        guard keys > 0, watchers % keys == 0, puts % keys == 0 else {
            throw ValidationError("watchers and puts must be multiples of the keys")
        }
    }

    func run() throws {
        var watchers = try Watchers(socket, connections: connections)
        try watchers.add(
            (0..<self.watchers).map { number in
                var request = Etcdserverpb_WatchCreateRequest()
                request.key = .init(key(number % keys))
                return request
            })
        let writer = try RawConnection(socket, path: Methods.KV.put.path)
        var ledger = DeliveryLedger(watchers)
        let used = Nanoseconds.used()
        let start = Nanoseconds.now()
        try deliver(writer, watchers.connections, &ledger)
        let elapsed = Double(Nanoseconds.now() - start)
        let share = Double(Nanoseconds.used() - used) / elapsed
        try ledger.check(eventsEach: puts / keys)
        print(
            decimal(Double(ledger.eventCount) / elapsed * 1e9), ledger.latencies.text(),
            decimal(share))
    }

    private func key(_ number: Int) -> [UInt8] {
        Array("bench/watched/\(number)".utf8)
    }

    private func deliver(
        _ writer: RawConnection, _ readers: [RawConnection], _ ledger: inout DeliveryLedger
    ) throws {
        let start = Nanoseconds.now()
        let interval = rate > 0 ? 1_000_000_000 / Int64(rate) : 0
        let fanOut = watchers / keys
        let all = readers + [writer]
        var sent = 0
        var lastArrival = start
        while ledger.eventCount < puts * fanOut {
            var next = Int64.max
            let delivered = min(ledger.eventCount / fanOut, writer.answerCount)
            while sent < puts, sent - delivered < underWay {
                let due = start + Int64(sent) * interval
                let now = Nanoseconds.now()
                guard due <= now else {
                    next = due
                    break
                }
                try writer.call(
                    PutMessage.encode(key(sent % keys), stamp: now, count: valueBytes))
                sent += 1
            }
            try writer.flush()
            for index in UnixClient.wait(for: all, until: next) {
                _ = try all[index].receive { _, message in
                    if index < readers.count { try ledger.take(message, on: index) }
                }
                lastArrival = Nanoseconds.now()
            }
            if Nanoseconds.now() - lastArrival > 30_000_000_000 {
                throw RawConnection.Failure(description: "events are missing")
            }
        }
    }
}

/// What each watcher has got.
struct DeliveryLedger {
    private(set) var eventCount = 0
    var latencies = Latencies()
    private var counts: [[Int]]
    private var revisions: [[Int64]]

    init(_ watchers: Watchers) {
        counts = watchers.connections.indices.map {
            .init(repeating: 0, count: watchers.count(on: $0))
        }
        revisions = counts.map { .init(repeating: 0, count: $0.count) }
    }

    mutating func take(_ message: UnsafeRawBufferPointer, on connection: Int) throws {
        let now = Nanoseconds.now()
        let answer = try WatchAnswer(message) { watchID, revision, value in
            let watcher = Int(watchID)
            guard revision > revisions[connection][watcher] else {
                throw RawConnection.Failure(description: "an event came twice or out of order")
            }
            revisions[connection][watcher] = revision
            counts[connection][watcher] += 1
            eventCount += 1
            latencies.add(now - PutMessage.stamp(of: value))
        }
        if answer.isCancelled {
            throw RawConnection.Failure(description: "a watcher was cancelled")
        }
    }

    func check(eventsEach count: Int) throws {
        guard counts.allSatisfy({ $0.allSatisfy { $0 == count } }) else {
            throw RawConnection.Failure(description: "a watcher did not get all of its events")
        }
    }
}
