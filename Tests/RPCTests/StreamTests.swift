import NIOCore
import Synchronization
import Testing

@testable import RPC

@Suite struct StreamTests {
    /// Sends every message back; ends when the client ends.
    static let echo = Route.stream("/test.Echo/Chat") { call in
        let handler = ClosureHandler()
        handler.onMessage = { call.send($0) }
        handler.onHalfClose = { call.finish(.ok) }
        return handler
    }

    @Test func bidirectionalMessagesGoBackAndForth() async throws {
        try await TestServer.run([Self.echo]) { test in
            try await test.withClient { client in
                let stream = try await client.stream("/test.Echo/Chat")
                var answers = stream.messages.makeAsyncIterator()
                for number in 0..<100 {
                    try await stream.send(ByteBuffer(string: "\(number)"))
                    #expect(try await answers.next() == ByteBuffer(string: "\(number)"))
                }
                stream.finishSending()
                #expect(try await answers.next() == nil)
            }
        }
    }

    @Test func clientStreamingIsAnsweredAtItsEnd() async throws {
        let route = Route.stream("/test.Sum/Add") { call in
            let handler = ClosureHandler()
            var sum = 0
            handler.onMessage = { sum += $0.readableBytes }
            handler.onHalfClose = {
                call.send(ByteBuffer(string: "\(sum)"))
                call.finish(Status(.ok))
            }
            return handler
        }
        try await TestServer.run([route]) { test in
            try await test.withClient { client in
                let stream = try await client.stream("/test.Sum/Add")
                for _ in 0..<50 { try await stream.send(ByteBuffer(repeating: 1, count: 100_000)) }
                stream.finishSending()
                var answers: [ByteBuffer] = []
                for try await answer in stream.messages { answers.append(answer) }
                #expect(answers == [ByteBuffer(string: "5000000")])
            }
        }
    }

    @Test func serverStreamingEndsWithItsStatus() async throws {
        let route = Route.stream("/test.Count/Down") { call in
            let handler = ClosureHandler()
            handler.onHalfClose = {
                // From another thread: nothing may be lost or come in another order.
                SystemThread.start {
                    for number in 0..<1000 { call.send(ByteBuffer(integer: number)) }
                    call.finish(Status(.dataLoss, "the end"))
                }
            }
            return handler
        }
        try await TestServer.run([route]) { test in
            try await test.withClient { client in
                let stream = try await client.stream("/test.Count/Down")
                stream.finishSending()
                let seen = Mutex<[Int]>([])
                let status = await failure {
                    for try await message in stream.messages {
                        seen.withLock { $0.append(message.getInteger(at: 0) ?? -1) }
                    }
                }
                #expect(status == Status(.dataLoss, "the end"))
                #expect(seen.withLock { $0 } == Array(0..<1000))
            }
        }
    }

    /// A producer that sends while it may, against a client that does not read: what is in memory
    /// stays bounded; when the client reads, everything comes in order.
    @Test func writerIsHeldBackByAClientThatDoesNotRead() async throws {
        let total = 4000
        let size = 10_000
        let stalled = Recorder<Int>()
        let route = Route.stream("/test.Flood/Go") { call in
            let handler = ClosureHandler()
            var next = 0
            let produce = {
                while next < total, call.isWritable {
                    var message = ByteBuffer(integer: next)
                    message.writeRepeatingByte(7, count: size)
                    call.send(message)
                    next += 1
                }
                if next == total { call.finish(.ok) } else { stalled.append(next) }
            }
            handler.onHalfClose = produce
            handler.onWritable = produce
            return handler
        }
        var limits = ClientLimits()
        limits.streamWindowBytes = 100_000
        try await TestServer.run([route]) { test in
            try await test.withClient(limits: limits) { client in
                let stream = try await client.stream("/test.Flood/Go")
                stream.finishSending()
                // The window (100 KB) and the stream's mark (256 KiB) are all that may be sent.
                let first = await stalled.wait(for: 1)[0]
                #expect(first * size < 400_000)
                #expect(stalled.values.allSatisfy { $0 * size < 600_000 })
                var expected = 0
                for try await message in stream.messages {
                    #expect(message.getInteger(at: 0, as: Int.self) == expected)
                    expected += 1
                }
                #expect(expected == total)
            }
        }
    }

    /// A handler that pauses: the client's sends wait once windows are full, another stream of the
    /// connection goes on, and everything arrives in order after `resumeReading`.
    @Test func senderIsHeldBackByAHandlerThatPauses() async throws {
        let received = Recorder<Int>()
        let calls = Recorder<StreamCall>()
        let route = Route.stream("/test.Slow/Eat") { call in
            let handler = ClosureHandler()
            handler.onMessage = { received.append($0.getInteger(at: 0) ?? -1) }
            handler.onHalfClose = { call.finish(.ok) }
            call.pauseReading()
            calls.append(call)
            return handler
        }
        try await TestServer.run([route, UnaryTests.echo]) { test in
            try await test.withClient { client in
                let stream = try await client.stream("/test.Slow/Eat")
                let sent = Recorder<Int>()
                try await withThrowingTaskGroup { group in
                    group.addTask {
                        for number in 0..<1000 {
                            var message = ByteBuffer(integer: number)
                            message.writeRepeatingByte(7, count: 10_000)
                            try await stream.send(message)
                            sent.append(number)
                        }
                        stream.finishSending()
                    }
                    let call = await calls.wait(for: 1)[0]
                    // 10 MB to send, 256 KiB of window: the sender cannot get to the end. Other
                    // calls on the connection are answered meanwhile.
                    for _ in 0..<200 {
                        _ = try await client.unary(UnaryTests.path, ByteBuffer(string: "x"))
                    }
                    #expect(sent.values.count < 100)
                    #expect(received.values.isEmpty)
                    call.resumeReading()
                    try await group.waitForAll()
                    var end = stream.messages.makeAsyncIterator()
                    #expect(try await end.next() == nil)
                    #expect(received.values == Array(0..<1000))
                }
            }
        }
    }

    @Test func handlerHearsOnceThatTheClientCancelled() async throws {
        let opened = Recorder<Void>()
        let cancelled = Recorder<Void>()
        let route = Route.stream("/test.Watch/Open") { call in
            let handler = ClosureHandler()
            handler.onCancel = { cancelled.append(()) }
            opened.append(())
            return handler
        }
        try await TestServer.run([route]) { test in
            try await test.withClient { client in
                let stream = try await client.stream("/test.Watch/Open")
                _ = await opened.wait(for: 1)
                stream.cancel()
                var messages = stream.messages.makeAsyncIterator()
                #expect(await failure { try await messages.next() }?.code == .cancelled)
                _ = await cancelled.wait(for: 1)
            }
            #expect(cancelled.values.count == 1)
        }
    }

    /// Also where so much is there to read that the client would not have to wait.
    @Test func aCancelledTaskEndsItsCallWhileMessagesWait() async throws {
        let cancelled = Recorder<Void>()
        let route = Route.stream("/test.Watch/Open") { call in
            let handler = ClosureHandler()
            handler.onCancel = { cancelled.append(()) }
            for _ in 0..<100 { call.send(ByteBuffer(string: "message")) }
            return handler
        }
        try await TestServer.run([route]) { test in
            try await test.withClient { client in
                let stream = try await client.stream("/test.Watch/Open")
                var messages = stream.messages.makeAsyncIterator()
                for _ in 0..<50 { _ = try await messages.next() }
                let reader = Task { [messages] in
                    var messages = messages
                    withUnsafeCurrentTask { $0?.cancel() }
                    _ = await failure { try await messages.next() }
                }
                await reader.value
                _ = await cancelled.wait(for: 1)
                withExtendedLifetime(stream) {}
            }
            #expect(cancelled.values.count == 1)
        }
    }

    @Test func handlerHearsThatTheConnectionIsLost() async throws {
        let opened = Recorder<Void>()
        let cancelled = Recorder<Void>()
        let route = Route.stream("/test.Watch/Open") { call in
            let handler = ClosureHandler()
            handler.onCancel = { cancelled.append(()) }
            opened.append(())
            return handler
        }
        try await TestServer.run([route]) { test in
            do {
                let raw = try RawConnection(test.path)
                raw.handshake()
                raw.write(
                    type: 1, flags: 4, streamID: 1, RawConnection.request("/test.Watch/Open"))
                _ = await opened.wait(for: 1)
                raw.hangUp()
            }
            _ = await cancelled.wait(for: 1)
        }
        #expect(cancelled.values.count == 1)
    }

    @Test func streamEndsAtItsDeadline() async throws {
        let cancelled = Recorder<Void>()
        let route = Route.stream("/test.Watch/Open") { call in
            let handler = ClosureHandler()
            handler.onCancel = { cancelled.append(()) }
            call.send(ByteBuffer(string: "first"))
            return handler
        }
        try await TestServer.run([route]) { test in
            let client = try ScriptedClient(test.path)
            let response = try client.call(
                ScriptedClient.fields(
                    path: "/test.Watch/Open", changing: ["grpc-timeout": "30m"]),
                body: [])
            #expect(response.fields["grpc-status"] == "4")
            #expect(response.body == ScriptedClient.frame(Array("first".utf8)))
            _ = await cancelled.wait(for: 1)
        }
    }

    /// The status may come while the client still sends: the client learns it and stops.
    @Test func serverMayEndBeforeTheClientDoes() async throws {
        let route = Route.stream("/test.Early/End") { call in
            let handler = ClosureHandler()
            handler.onMessage = { _ in call.finish(Status(.aborted, "enough")) }
            return handler
        }
        try await TestServer.run([route]) { test in
            try await test.withClient { client in
                let stream = try await client.stream("/test.Early/End")
                let status = await failure {
                    while true { try await stream.send(ByteBuffer(repeating: 1, count: 5000)) }
                }
                #expect(status == Status(.aborted, "enough"))
            }
        }
    }

    /// A response of 64 MiB on one stream does not hold up small calls on another connection of
    /// the same event loop: some are answered before the large one is complete. On a busy
    /// machine the small caller may not get to run in time, so it has several tries; a loop that
    /// writes the large response in one go fails them all.
    @Test func largeResponseDoesNotStarveOthers() async throws {
        let chunk = ByteBuffer(repeating: 9, count: 1 << 20)
        let route = Route.unary("/test.Big/Get") { call, _ in
            call.finish(chunks: Array(repeating: chunk, count: 64))
            return .later
        }
        try await TestServer.run([route, UnaryTests.echo]) { test in
            try await test.withClient { large in
                try await test.withClient { small in
                    var answeredMeanwhile = 0
                    for _ in 0..<50 where answeredMeanwhile <= 3 {
                        answeredMeanwhile = try await smallCalls(of: small, while: large)
                    }
                    #expect(answeredMeanwhile > 3)
                }
            }
        }
    }

    /// How many small calls are answered until the large one is.
    private func smallCalls(of small: Client, while large: Client) async throws -> Int {
        let largeAnswers = Recorder<Int>()
        return try await withThrowingTaskGroup { group in
            group.addTask {
                let answer = try await large.unary("/test.Big/Get", ByteBuffer())
                largeAnswers.append(answer.readableBytes)
            }
            var answered = 0
            while largeAnswers.values.isEmpty {
                _ = try await small.unary(UnaryTests.path, ByteBuffer(string: "x"))
                answered += 1
            }
            try await group.waitForAll()
            #expect(largeAnswers.values == [64 << 20])
            return answered
        }
    }
}
