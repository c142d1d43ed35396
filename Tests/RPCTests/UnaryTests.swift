import Dispatch
import Glibc
import NIOCore
import Synchronization
import Testing

@testable import RPC

@Suite struct UnaryTests {
    static let echo = Route.unary("/test.Echo/Say") { _, message in .message(message) }
    static let path = "/test.Echo/Say"

    @Test func answersOneRequestWithOneResponse() async throws {
        try await TestServer.run([Self.echo]) { test in
            try await test.withClient { client in
                let answer = try await client.unary(Self.path, ByteBuffer(string: "hello"))
                #expect(answer == ByteBuffer(string: "hello"))
                let empty = try await client.unary(Self.path, ByteBuffer())
                #expect(empty.readableBytes == 0)
            }
        }
    }

    @Test func answersManyCallsAtOnceEachWithItsOwn() async throws {
        try await TestServer.run([Self.echo]) { test in
            try await test.withClient { client in
                try await withThrowingTaskGroup { group in
                    for number in 0..<1000 {
                        group.addTask {
                            let answer = try await client.unary(
                                Self.path, ByteBuffer(string: "\(number)"))
                            #expect(answer == ByteBuffer(string: "\(number)"))
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    /// More answers than a connection may leave unread: the requests behind them wait, and none is
    /// forgotten.
    @Test func requestsWaitForAnswersToBeReadAndAllAreServed() async throws {
        let big = ByteBuffer(repeating: 7, count: 1 << 20)
        let route = Route.unary("/test.Big/Get") { _, _ in .message(big) }
        try await TestServer.run([route]) { test in
            try await test.withClient { client in
                try await withThrowingTaskGroup { group in
                    for _ in 0..<200 {
                        group.addTask {
                            let answer = try await client.unary("/test.Big/Get", ByteBuffer())
                            #expect(answer.readableBytes == 1 << 20)
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func answersFromAnotherThread() async throws {
        let calls = Mutex<[UnaryCall]>([])
        let route = Route.unary("/test.Later/Say") { call, _ in
            let batch = calls.withLock { calls in
                calls.append(call)
                return calls.count == 100 ? calls : []
            }
            if !batch.isEmpty {
                SystemThread.start {
                    for call in batch { call.finish(ByteBuffer(string: "later")) }
                    // Only the first answer counts.
                    for call in batch { call.finish(Status(.internal)) }
                }
            }
            return .later
        }
        try await TestServer.run([route]) { test in
            try await test.withClient { client in
                try await withThrowingTaskGroup { group in
                    for _ in 0..<100 {
                        group.addTask {
                            try await client.unary("/test.Later/Say", ByteBuffer())
                        }
                    }
                    for try await answer in group {
                        #expect(answer == ByteBuffer(string: "later"))
                    }
                }
            }
        }
    }

    /// A batch finished by another thread leaves in one write: one read of the client has it all.
    @Test func batchOfAnswersIsOneSocketWrite() async throws {
        let calls = Mutex<[UnaryCall]>([])
        let route = Route.unary("/test.Later/Say") { call, _ in
            let batch = calls.withLock { calls in
                calls.append(call)
                return calls.count == 100 ? calls : []
            }
            if !batch.isEmpty {
                // The loop stands still until all have been posted.
                let posted = DispatchSemaphore(value: 0)
                SystemThread.start {
                    for call in batch { call.finish(ByteBuffer(string: "later")) }
                    posted.signal()
                }
                posted.wait()
            }
            return .later
        }
        try await TestServer.run([route]) { test in
            let raw = try RawConnection(test.path)
            raw.handshake()
            while let frame = raw.readFrame(), !(frame.type == 4 && frame.flags == 1) {}
            var requests: [UInt8] = []
            for index in 0..<100 {
                let id = Int32(index * 2 + 1)
                requests += RawConnection.frame(
                    type: 1, flags: 4, streamID: id, RawConnection.request("/test.Later/Say"))
                requests += RawConnection.frame(
                    type: 0, flags: 1, streamID: id, ScriptedClient.frame([]))
            }
            raw.write(requests)
            let answers = String(decoding: raw.read(), as: UTF8.self)
            #expect(
                answers.split(separator: "later", omittingEmptySubsequences: false).count == 101)
        }
    }

    @Test func sendsOneMessageInPieces() async throws {
        // 48 MiB in pieces of 1 MiB, and an empty one.
        let pieces = (0..<48).map { ByteBuffer(repeating: UInt8($0), count: 1 << 20) }
        let route = Route.unary("/test.Big/Get") { call, _ in
            call.finish(chunks: [ByteBuffer()] + pieces)
            return .later
        }
        try await TestServer.run([route]) { test in
            try await test.withClient { client in
                let answer = try await client.unary("/test.Big/Get", ByteBuffer())
                #expect(answer.readableBytes == 48 << 20)
                for (index, piece) in pieces.enumerated() {
                    #expect(answer.getSlice(at: index << 20, length: 1 << 20) == piece)
                }
            }
        }
    }

    @Test func failsWithCodeAndAnyUnicodeMessage() async throws {
        let status = Status(.failedPrecondition, "50 % größer\n\u{1F512} \"x\"")
        let route = Route.unary("/test.Fail/Do") { call, message in
            if message.readableBytes == 0 { return .failure(status) }
            call.finish(status)
            return .later
        }
        try await TestServer.run([route]) { test in
            try await test.withClient { client in
                #expect(
                    await failure { try await client.unary("/test.Fail/Do", ByteBuffer()) }
                        == status)
                #expect(
                    await failure {
                        try await client.unary("/test.Fail/Do", ByteBuffer(string: "x"))
                    } == status)
            }
        }
    }

    @Test func handlerSeesMetadataPathAndPeer() async throws {
        let seen = Recorder<UnaryCall>()
        let route = Route.unary("/test.Meta/See") { call, _ in
            seen.append(call)
            return .message(ByteBuffer())
        }
        try await TestServer.run([route]) { test in
            try await test.withClient { client in
                var metadata: Metadata = ["Token": "secret", "hasleader": "true"]
                metadata.append("trace-bin", binary: [0, 255, 1])
                metadata.append("token", "second")
                _ = try await client.unary("/test.Meta/See", ByteBuffer(), metadata: metadata)
                // The call object of the first request is kept by this test: the second must not
                // change it.
                _ = try await client.unary("/test.Meta/See", ByteBuffer())
                let calls = seen.values
                #expect(calls[0].path == "/test.Meta/See")
                #expect(calls[0].metadata["token"] == "secret")
                #expect(calls[0].metadata["hasleader"] == "true")
                #expect(calls[0].metadata.binary("trace-bin") == [0, 255, 1])
                #expect(calls[0].metadata["content-type"] == nil)
                #expect(calls[1].metadata["token"] == nil)
                #expect(calls[0].peer.userID == geteuid())
                #expect(calls[0].peer.processID == getpid())
            }
        }
    }

    @Test func admitSeesEveryCallAndMayRefuse() async throws {
        let paths = Recorder<String>()
        let gate = TestGate { path, caller in
            paths.append(path)
            return caller.metadata["token"] == "good" ? nil : Status(.permissionDenied, "no")
        }
        try await TestServer.run([Self.echo], gate: gate) { test in
            try await test.withClient { client in
                let refused = await failure { try await client.unary(Self.path, ByteBuffer()) }
                #expect(refused == Status(.permissionDenied, "no"))
                let unknown = await failure { try await client.unary("/a.B/C", ByteBuffer()) }
                #expect(unknown == Status(.permissionDenied, "no"))
                _ = try await client.unary(
                    Self.path, ByteBuffer(), metadata: ["token": "good"])
                #expect(paths.values == [Self.path, "/a.B/C", Self.path])
            }
        }
    }

    @Test func unknownMethodsAreUnimplemented() async throws {
        try await TestServer.run([Self.echo]) { test in
            try await test.withClient { client in
                let expected = [
                    "/test.Echo/Shout": "unknown method Shout for service test.Echo",
                    "/x.Y/Z": "unknown service x.Y",
                    "nonsense": "malformed method name: \"nonsense\"",
                ]
                for (path, message) in expected {
                    let status = await failure { try await client.unary(path, ByteBuffer()) }
                    #expect(status == Status(.unimplemented, message))
                }
            }
        }
    }

    @Test func refusesTooLargeAMessageByItsPrefix() async throws {
        try await TestServer.run([Self.echo]) { test in
            try await test.withClient { client in
                let max = ServerLimits().messageBytesMax
                let fits = ByteBuffer(repeating: 1, count: max)
                let answer = try await client.unary(Self.path, fits)
                #expect(answer == fits)
                let status = await failure {
                    try await client.unary(Self.path, ByteBuffer(repeating: 1, count: max + 1))
                }
                #expect(
                    status
                        == Status(
                            .resourceExhausted,
                            "grpc: received message larger than max (2097153 vs. 2097152)"))
            }
        }
    }

    @Test func manyLargeMessagesOfOneConnectionAllArrive() async throws {
        // 32 of 1.9 MiB exceed the connection's budget for large messages: they take turns.
        try await TestServer.run([Self.echo]) { test in
            try await test.withClient { client in
                try await withThrowingTaskGroup { group in
                    for number in 0..<32 {
                        group.addTask {
                            let message = ByteBuffer(repeating: UInt8(number), count: 1_900_000)
                            let answer = try await client.unary(Self.path, message)
                            #expect(answer == message)
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func deadlineIsAnsweredByTheServerWhenTheHandlerIsLate() async throws {
        let cancelled = Recorder<Bool>()
        let route = Route.unary("/test.Slow/Do") { call, _ in
            call.onCancel { cancelled.append(call.isCancelled) }
            return .later
        }
        try await TestServer.run([route]) { test in
            let client = try ScriptedClient(test.path)
            let fields = ScriptedClient.fields(
                path: "/test.Slow/Do", changing: ["grpc-timeout": "20m"])
            let response = try client.call(fields, body: ScriptedClient.frame([]))
            #expect(response.fields["grpc-status"] == "4")
            #expect(response.fields["grpc-message"] == "context deadline exceeded")
            #expect(await cancelled.wait(for: 1) == [true])
        }
    }

    @Test func clientGivesUpAtItsDeadlineAndTheHandlerHears() async throws {
        let cancelled = Recorder<Void>()
        let route = Route.unary("/test.Slow/Do") { call, _ in
            call.onCancel { cancelled.append(()) }
            return .later
        }
        try await TestServer.run([route]) { test in
            try await test.withClient { client in
                let status = await failure {
                    try await client.unary(
                        "/test.Slow/Do", ByteBuffer(), timeout: .milliseconds(20))
                }
                #expect(status?.code == .deadlineExceeded)
                _ = await cancelled.wait(for: 1)
            }
        }
    }

    @Test func cancellingTheTaskCancelsTheCallOnce() async throws {
        let started = Recorder<UnaryCall>()
        let cancelled = Recorder<Void>()
        let route = Route.unary("/test.Slow/Do") { call, _ in
            call.onCancel { cancelled.append(()) }
            started.append(call)
            return .later
        }
        try await TestServer.run([route]) { test in
            try await test.withClient { client in
                let task = Task { try await client.unary("/test.Slow/Do", ByteBuffer()) }
                let call = await started.wait(for: 1)[0]
                task.cancel()
                #expect(await failure { try await task.value }?.code == .cancelled)
                _ = await cancelled.wait(for: 1)
                #expect(call.isCancelled)
                // An answer that comes now goes nowhere.
                call.finish(ByteBuffer())
            }
            #expect(cancelled.values.count == 1)
        }
    }

    @Test func lostConnectionCancelsTheHandlerAndFailsTheClient() async throws {
        let started = Recorder<UnaryCall>()
        let cancelled = Recorder<Void>()
        let route = Route.unary("/test.Slow/Do") { call, _ in
            call.onCancel { cancelled.append(()) }
            started.append(call)
            return .later
        }
        try await TestServer.run([route]) { test in
            do {
                let raw = try RawConnection(test.path)
                raw.handshake()
                raw.write(
                    type: 1, flags: 4, streamID: 1, RawConnection.request("/test.Slow/Do"))
                raw.write(type: 0, flags: 1, streamID: 1, ScriptedClient.frame([]))
                _ = await started.wait(for: 1)
                raw.hangUp()
            }
            _ = await cancelled.wait(for: 1)

            let client = try await test.connect()
            let task = Task { try await client.unary("/test.Slow/Do", ByteBuffer()) }
            _ = await started.wait(for: 2)
            await test.server.drain(timeout: .zero)
            #expect(await failure { try await task.value }?.code == .unavailable)
            #expect(
                await failure { try await client.unary("/test.Slow/Do", ByteBuffer()) }?.code
                    == .unavailable)
        }
    }
}
