import NIOCore
import Testing

@testable import RPC

/// A connection and its session keep each other, and let go at the end.
@Suite struct ReleaseTests {
    private static let path = "/test.Release/Wait"

    /// Of the connection's end, however it comes. Bounded, so that a leak fails and does not hang.
    private func expectGone(
        _ count: Int, within seconds: Int = 20,
        _ use: (TestServer) async throws -> Void
    ) async throws {
        let (ends, told) = AsyncStream.makeStream(of: Void.self)
        let gate = TestGate()
        gate.gone = { told.yield() }
        let waiting = Route.unary(Self.path) { _, _ in .later }
        try await TestServer.run([UnaryTests.echo, waiting], gate: gate) { test in
            try await use(test)
            let late = Task {
                try await Task.sleep(for: .seconds(seconds))
                told.finish()
            }
            defer { late.cancel() }
            var gone = 0
            for await _ in ends {
                gone += 1
                if gone == count { break }
            }
            #expect(gone == count, "connections that ended are still held")
        }
    }

    @Test func aConnectionThatWasUsedIsLetGoOf() async throws {
        try await expectGone(3) { test in
            for _ in 0..<3 {
                try await test.withClient { client in
                    _ = try await client.unary(UnaryTests.path, ByteBuffer(string: "hello"))
                }
            }
        }
    }

    @Test func aConnectionThatBreaksOffInACallIsLetGoOf() async throws {
        try await expectGone(1) { test in
            try await test.withClient { client in
                let call = Task { try await client.unary(Self.path, ByteBuffer()) }
                call.cancel()
                _ = await call.result
            }
        }
    }

    @Test func aConnectionThatSaysNothingIsLetGoOf() async throws {
        try await expectGone(1) { test in
            try RawConnection(test.path).hangUp()
        }
    }
}
