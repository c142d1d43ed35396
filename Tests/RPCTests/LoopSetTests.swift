import Dispatch
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import RPC

@Suite struct LoopSetTests {
    @Test func everyLoopHasRoutesOfItsOwn() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 3)
        var made: [Route] = []
        _ = Server(
            routes: {
                made.append(UnaryTests.echo.marked(made.count))
                return [made[made.count - 1]]
            }, group: group)
        #expect(made.map(\.mark) == [0, 1, 2])
        try await group.shutdownGracefully()
    }

    @Test func whatHoldsUpOneSetHoldsUpNoOther() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let (begun, goesOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let connections = Mutex(0)
        let gate = TestGate()
        // The first two connections are of one set. In turns, the third would be on the loop of
        // the first.
        gate.loopSet = {
            connections.withLock { count in
                count += 1
                return count <= 2 ? 0 : 1
            }
        }
        let routes: [Route] = [
            .unary("/test/Hold") { _, message in
                begun.signal()
                // Held up itself, the test would not come to let it go on.
                guard goesOn.wait(timeout: .now() + 60) == .success else {
                    return .failure(Status(.deadlineExceeded, "nobody let it go on"))
                }
                return .message(message)
            },
            .unary("/test/Answer") { _, message in .message(message) },
        ]
        try await TestServer.run(routes, gate: gate, group: group, loopSets: 2) { test in
            let message = ByteBuffer(bytes: [7])
            let (first, second) = (try await test.connect(), try await test.connect())
            let third = try await test.connect()
            async let held = first.unary("/test/Hold", message)
            _ = begun.wait(timeout: .now() + 60)
            #expect(try await third.unary("/test/Answer", message) == message)
            goesOn.signal()
            #expect(try await held == message)
            for client in [first, second, third] { await client.close() }
        }
        try await group.shutdownGracefully()
    }
}
