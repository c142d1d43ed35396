import ArgumentParser
import FoundationEssentials
import SwiftProtobuf
import VaultAPI

/// Many leases that end within a second, and one client that puts all the while.
struct Expiry: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let leases with a key each expire while putting.",
        discussion: """
            Prints, in us, p50, p99, p99.9 and max of the puts before the leases expire, the same \
            of those while they do, the seconds that took: from the moment at which the first may \
            end until all keys are gone, and the slowest put before of as many as came meanwhile \
            (the median of all such groups).
            """)

    @Option(help: "The server's UNIX socket.")
    var socket: String
    @Option(help: "How many leases, a key each.")
    var leases = 10_000
    @Option(help: "Seconds that each lasts.")
    var ttl: Int64 = 5

    @Option(help: "Seconds within which all of them must end.")
    var within: Int64 = 1

    private var prefix: String { "bench/lease/" }

    func run() throws {
        try grantAll()
        try attachAll()
        // From here on each has its whole time: they end within as long as this takes.
        let first = Nanoseconds.now() + ttl * 1_000_000_000
        try renewAll()
        let last = Nanoseconds.now() + ttl * 1_000_000_000
        guard last - first < within * 1_000_000_000 else {
            throw RawConnection.Failure(description: "the leases do not end that close together")
        }
        try measure(from: first)
    }

    private func grantAll() throws {
        let granter = try RawConnection(socket, path: Methods.Lease.leaseGrant.path)
        for start in stride(from: 1, through: leases, by: 200) {
            for id in start..<min(start + 200, leases + 1) {
                var request = Etcdserverpb_LeaseGrantRequest()
                request.id = Int64(id)
                request.ttl = ttl
                try granter.call(try request.serializedBytes())
            }
            try granter.finishCalls(min(start + 199, leases))
        }
    }

    private func attachAll() throws {
        let writer = try RawConnection(socket, path: Methods.KV.put.path)
        for start in stride(from: 1, through: leases, by: 200) {
            for id in start..<min(start + 200, leases + 1) {
                try writer.call(
                    PutMessage.encode(
                        Array("\(prefix)\(id)".utf8), stamp: 0, count: 200, lease: Int64(id)))
            }
            try writer.finishCalls(min(start + 199, leases))
        }
    }

    private func renewAll() throws {
        let keeper = try RawConnection(socket, path: Methods.Lease.leaseKeepAlive.path)
        let stream = keeper.openStream()
        var answers = 0
        for start in stride(from: 1, through: leases, by: 200) {
            let ids = start..<min(start + 200, leases + 1)
            for id in ids {
                var request = Etcdserverpb_LeaseKeepAliveRequest()
                request.id = Int64(id)
                try keeper.send(try request.serializedBytes(), on: stream)
            }
            try keeper.flush()
            while answers < ids.upperBound - 1 {
                _ = try keeper.receive(waits: true) { _, message in
                    var isAlive = false
                    var fields = FieldReader(message)
                    while let field = fields.next() {
                        if field.field == 3 { isAlive = field.number > 0 }
                    }
                    guard isAlive else {
                        throw RawConnection.Failure(description: "a lease was over too early")
                    }
                    answers += 1
                }
            }
        }
    }

    private func measure(from first: Int64) throws {
        let writer = try RawConnection(socket, path: Methods.KV.put.path)
        let counter = try RawConnection(socket, path: Methods.KV.range.path)
        let key = Array("bench/one".utf8)
        var before = Latencies()
        var during = Latencies()
        var moving = Latencies()
        let standstills = Standstills.watch()
        defer { standstills?.stop() }
        func putUntil(_ end: Int64) throws {
            while Nanoseconds.now() < end { before.add(try writer.put(key, valueBytes: 200)) }
        }
        // Looked at a little earlier: what is over may be gone with the next put.
        try putUntil(first - 100_000_000)
        guard try count(counter) == leases else {
            throw RawConnection.Failure(description: "a lease ended before its time")
        }
        try putUntil(first)
        var nextCount = first
        var left = leases
        while left > 0 {
            let start = Nanoseconds.now()
            let time = try writer.put(key, valueBytes: 200)
            during.add(time)
            let still = standstills?.nanoseconds(from: start, to: start + time) ?? 0
            moving.add(time - still)
            if Nanoseconds.now() >= nextCount {
                left = try count(counter)
                nextCount = Nanoseconds.now() + 20_000_000
            }
            if Nanoseconds.now() - first > 60_000_000_000 {
                throw RawConnection.Failure(description: "\(left) leases do not end")
            }
        }
        let elapsed = Double(Nanoseconds.now() - first) / 1e9
        let slowestBefore = before.slowest(ofEach: during.count)
        func text(_ latencies: inout Latencies) -> String {
            [0.5, 0.99, 0.999, 1].map { decimal(latencies.quantile($0)) }.joined(separator: " ")
        }
        let slowestMoving = standstills == nil ? -1 : moving.quantile(1)
        print(
            text(&before), text(&during), decimal(elapsed), decimal(slowestBefore),
            decimal(slowestMoving))
    }

    /// Keys that are left.
    private func count(_ counter: RawConnection) throws -> Int {
        var request = Etcdserverpb_RangeRequest()
        request.key = .init(prefix.utf8)
        request.rangeEnd = .init("bench/lease0".utf8)
        request.countOnly = true
        try counter.call(try request.serializedBytes())
        var count = 0
        let answers = counter.answerCount
        try counter.flush()
        while counter.answerCount == answers {
            _ = try counter.receive(waits: true) { _, message in
                count = Int(
                    try Etcdserverpb_RangeResponse(
                        serializedBytes: Array(message)
                    ).count)
            }
        }
        return count
    }
}

extension RawConnection {
    /// Waits until `count` calls have been answered.
    func finishCalls(_ count: Int) throws {
        try flush()
        while answerCount < count { _ = try receive(waits: true) { _, _ in } }
    }
}
