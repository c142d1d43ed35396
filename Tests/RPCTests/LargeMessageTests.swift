import NIOCore
import Testing

@testable import RPC

/// Messages that are too large to arrive all at once, on one connection.
@Suite(.timeLimit(.minutes(2))) struct LargeMessageTests {
    private static let window = 1_000
    private static let windowUpdate: UInt8 = 8

    private static var limits: ServerLimits {
        var limits = ServerLimits()
        limits.streamWindowBytes = window
        limits.largeRequestBytesMax = 1_500
        return limits
    }

    private static let routes: [Route] = [
        .unary("/test/Take") { _, message in .message(message) },
        .unary("/test/Never") { _, _ in .later },
    ]

    /// A connection whose streams have the server's window from the beginning.
    private static func connect(_ test: TestServer) throws -> RawConnection {
        let raw = try RawConnection(test.path)
        raw.handshake()
        #expect(raw.first(of: [4])?.flags == 0)
        raw.write(type: 4, flags: 1)
        return raw
    }

    /// One that waited for room and came within its window all the same needs none any more: those
    /// behind it do not wait for its answer.
    @Test func whoIsWholeDoesNotStandInTheWay() async throws {
        try await TestServer.run(Self.routes, limits: Self.limits) { test in
            let raw = try Self.connect(test)
            func begin(_ id: Int32, _ path: String, _ body: ArraySlice<UInt8>) {
                raw.write(type: 1, flags: 4, streamID: id, RawConnection.request(path))
                raw.write(type: 0, streamID: id, Array(body))
            }
            let large = ScriptedClient.frame([UInt8](repeating: 1, count: 1_500))
            begin(1, "/test/Take", large[..<Self.window])
            while let update = raw.first(of: [Self.windowUpdate]), update.streamID != 1 {}

            let small = ScriptedClient.frame([UInt8](repeating: 2, count: 900))
            begin(3, "/test/Never", small[..<600])
            raw.write(type: 0, flags: 1, streamID: 3, Array(small[600...]))
            begin(5, "/test/Take", large[..<Self.window])

            raw.write(type: 0, flags: 1, streamID: 1, Array(large[Self.window...]))
            var letOnSince: Set<Int32> = []
            while let frame = raw.first(of: [1, Self.windowUpdate]),
                frame.type == Self.windowUpdate || frame.flags & 1 == 0
            {
                if frame.type == Self.windowUpdate { letOnSince.insert(frame.streamID) }
            }
            raw.write(type: 6, [UInt8](repeating: 1, count: 8))
            while let frame = raw.first(of: [6, Self.windowUpdate]), frame.type != 6 {
                letOnSince.insert(frame.streamID)
            }
            #expect(letOnSince.contains(5))
        }
    }
}
