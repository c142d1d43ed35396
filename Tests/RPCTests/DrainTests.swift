import NIOCore
import Testing
import VaultTestSupport

@testable import RPC

@Suite struct DrainTests {
    private static func later(_ calls: Recorder<UnaryCall>) -> Route {
        .unary("/test.Later/Say") { call, _ in
            calls.append(call)
            return .later
        }
    }

    @Test func callsUnderWayAreFinishedAndNewOnesRefused() async throws {
        let calls = Recorder<UnaryCall>()
        try await TestServer.run([Self.later(calls)]) { test in
            let client = try await test.connect()
            let answer = Task { try await client.unary("/test.Later/Say", ByteBuffer()) }
            let call = await calls.wait(for: 1)[0]
            let drained = Task { await test.server.drain(timeout: .seconds(30)) }
            // The client hears of it by a GOAWAY and then starts nothing more.
            while await failure(of: { try await test.connect().close() }) == nil {}
            while calls.values.count == 1, await refusal(client) != .unavailable {}
            call.finish(ByteBuffer(string: "done"))
            #expect(try await answer.value == ByteBuffer(string: "done"))
            await drained.value
            #expect(test.server.connectionCount == 0)
        }
    }

    private func refusal(_ client: Client) async -> StatusCode? {
        await failure { try await client.unary("/x.Y/Z", ByteBuffer()) }?.code
    }

    @Test func callsThatDoNotEndAreCutOff() async throws {
        let calls = Recorder<UnaryCall>()
        let cancelled = Recorder<Void>()
        try await TestServer.run([Self.later(calls)]) { test in
            let client = try await test.connect()
            let answer = Task { try await client.unary("/test.Later/Say", ByteBuffer()) }
            let call = await calls.wait(for: 1)[0]
            call.onCancel { cancelled.append(()) }
            await test.server.drain(timeout: .milliseconds(20))
            #expect(await failure { try await answer.value }?.code == .unavailable)
            _ = await cancelled.wait(for: 1)
        }
    }

    @Test func goAwayComesInTwoSteps() async throws {
        try await TestServer.run([UnaryTests.echo]) { test in
            let (path, server) = (test.path, test.server)
            let drained = try await onThread {
                let raw = try RawConnection(path)
                raw.handshake()
                _ = raw.first(of: [4])
                let drained = Task { await server.drain(timeout: .seconds(30)) }
                // First: no new streams, please. The last stream is still open.
                let first = raw.first(of: [7])
                #expect(first?.payload.prefix(4) == [0x7F, 0xFF, 0xFF, 0xFF])
                // A request that was under way is served.
                raw.write(type: 1, flags: 4, streamID: 1, RawConnection.request(UnaryTests.path))
                raw.write(type: 0, flags: 1, streamID: 1, ScriptedClient.frame([5]))
                let ping = raw.first(of: [6])
                raw.write(type: 6, flags: 1, ping?.payload ?? [])
                var seen: [UInt8] = []
                while let frame = raw.readFrame() { seen.append(frame.type) }
                #expect(seen.contains(0))
                #expect(seen.contains(7))
                return drained
            }
            await drained.value
        }
    }

    @Test func idleConnectionsAreClosedAtOnce() async throws {
        try await TestServer.run([UnaryTests.echo]) { test in
            let client = try await test.connect()
            _ = try await client.unary(UnaryTests.path, ByteBuffer())
            await test.server.drain(timeout: .seconds(60))
            #expect(test.server.connectionCount == 0)
            #expect(await refusal(client) == .unavailable)
        }
    }

    /// A stream that goes on for ever would hold a shutdown up until it is cut off.
    @Test func endlessStreamsEndThemselvesWhenTheServerDrains() async throws {
        let route = Route.stream("/test.Watch/Open") { call in
            let handler = ClosureHandler()
            handler.onDrain = { call.finish(Status(.unavailable, "the server ends")) }
            call.send(ByteBuffer(string: "open"))
            return handler
        }
        try await TestServer.run([route]) { test in
            let client = try await test.connect()
            let stream = try await client.stream("/test.Watch/Open")
            var messages = stream.messages.makeAsyncIterator()
            #expect(try await messages.next() == ByteBuffer(string: "open"))
            let cutOff = ContinuousClock.now + .seconds(60)
            await test.server.drain(timeout: .seconds(60))
            #expect(ContinuousClock.now < cutOff)
            let end = await failure { try await messages.next() }
            #expect(end == Status(.unavailable, "the server ends"))
        }
    }

    @Test func nobodyThereIsUnavailable() async throws {
        let status = await failure {
            try await Client.connect(socketPath: "/tmp/rpc-nobody", group: TestServer.group)
        }
        #expect(status?.code == .unavailable)
    }
}
