import NIOCore
import Synchronization
import Testing

@testable import RPC

/// What waits to be read by one user, on all connections together.
@Suite(.timeLimit(.minutes(2))) struct UnreadAnswersTests {
    @Test func aUserHasAsMuchAsThereIsRoomLeft() {
        let total = UnreadAnswers.Total(bytesMax: 1_200)
        let (first, second, third) = (
            UnreadAnswers(total), UnreadAnswers(total), UnreadAnswers(total)
        )
        for _ in 0..<1_000 where first.hasRoom { first.add(10) }
        // Half of all, and one more.
        for _ in 0..<1_000 where second.hasRoom { second.add(10) }
        second.add(-20)
        #expect(second.hasRoom && third.hasRoom && !first.hasRoom)
        first.add(-610)
        #expect(first.hasRoom)
    }

    @Test func longAnswersLeaveAQuarterForOthers() {
        let total = UnreadAnswers.Total(bytesMax: 1_200)
        let user = UnreadAnswers(total)
        var claimed = 0
        for _ in 0..<1_000 where user.claim(10) { claimed += 10 }
        #expect(claimed == 450)
        #expect(user.hasRoom)
        let administrator = UnreadAnswers(total, isUnlimited: true)
        #expect(administrator.claim(750) && !administrator.claim(1))
        #expect(administrator.hasRoom && !administrator.isExhausted)
        #expect(!user.hasRoom && user.isExhausted)
    }

    private static let big = ByteBuffer(repeating: 7, count: 1 << 20)
    private static let routes: [Route] = [
        .unary("/test/Big") { _, _ in .message(big) },
        .unary("/test/Later") { call, _ in
            guard call.hasRoom else { return .failure(.tooMuchUnread) }
            call.finish(big)
            return .later
        },
        .unary("/test/Small") { _, message in .message(message) },
    ]

    private static var limits: ServerLimits {
        var limits = ServerLimits()
        limits.unreadBytesMax = 8 << 20
        return limits
    }

    /// A connection that has asked for more than it reads.
    private static func hoarder(_ test: TestServer, _ path: String) throws -> RawConnection {
        let raw = try RawConnection(test.path)
        raw.handshake()
        for number in 0..<3 {
            let id = Int32(2 * number + 1)
            raw.write(type: 1, flags: 4, streamID: id, RawConnection.request(path))
            raw.write(type: 0, flags: 1, streamID: id, [0, 0, 0, 0, 0])
        }
        // Answered after them.
        raw.write(type: 6, [UInt8](repeating: 1, count: 8))
        while let frame = raw.first(of: [6]), frame.flags != 1 {}
        return raw
    }

    @Test(arguments: ["/test/Big", "/test/Later"])
    func whatOneUserLeavesUnreadIsBounded(_ path: String) async throws {
        try await TestServer.run(Self.routes, limits: Self.limits) { test in
            let hoarders = try (0..<8).map { _ in try Self.hoarder(test, path) }
            try await test.withClient { client in
                let refusal = await failure { try await client.unary(path, ByteBuffer()) }
                #expect(refusal == .tooMuchUnread)
                // Whoever reads is still answered.
                let small = ByteBuffer(bytes: [1])
                for _ in 0..<100 {
                    let answer = try await client.unary("/test/Small", small)
                    #expect(answer == small)
                }
                for hoarder in hoarders { hoarder.hangUp() }
                while !Task.isCancelled,
                    await failure(of: { try await client.unary(path, ByteBuffer()) }) != nil
                {}
            }
        }
    }

    @Test func answersThatAreReadAreNotCountedAnyMore() async throws {
        try await TestServer.run(Self.routes, limits: Self.limits) { test in
            try await test.withClient { client in
                for number in 0..<100 {
                    let answer = try await client.unary(
                        number % 2 == 0 ? "/test/Big" : "/test/Later", ByteBuffer())
                    #expect(answer == Self.big)
                }
            }
        }
    }

    private final class SentBytes: Sendable {
        let count = Atomic<Int>(0)
    }

    /// A stream that sends as much as there is room for.
    private static func talkative(_ sent: SentBytes, messages: Int) -> Route {
        .stream("/test/Talk") { call in
            let handler = ClosureHandler()
            let left = Mutex(messages)
            let talk: @Sendable () -> Void = {
                while call.isWritable {
                    let isOver = left.withLock { left in
                        left -= 1
                        return left < 0
                    }
                    if isOver { return call.finish(.ok) }
                    call.send(ByteBuffer(repeating: 7, count: 16 << 10))
                    sent.count.wrappingAdd(16 << 10, ordering: .relaxed)
                }
            }
            handler.onMessage = { _ in talk() }
            handler.onWritable = talk
            return handler
        }
    }

    @Test func streamsOfOneUserAreBoundedAndGoOnWhenThereIsRoom() async throws {
        let sent = SentBytes()
        try await TestServer.run(
            [Self.talkative(sent, messages: 64)], limits: Self.limits
        ) { test in
            let hoarders = try (0..<3).map { _ in
                let raw = try RawConnection(test.path)
                raw.handshake()
                for number in 0..<40 {
                    let id = Int32(2 * number + 1)
                    raw.write(type: 1, flags: 4, streamID: id, RawConnection.request("/test/Talk"))
                    raw.write(type: 0, flags: 1, streamID: id, [0, 0, 0, 0, 0])
                }
                raw.write(type: 6, [UInt8](repeating: 1, count: 8))
                while let frame = raw.first(of: [6]), frame.flags != 1 {}
                return raw
            }
            // 120 streams of a quarter of a mebibyte each, without a bound by user.
            let kept = sent.count.load(ordering: .relaxed)
            #expect(kept > 3 << 20 && kept < 8 << 20, "\(kept) bytes")
            try await test.withClient { client in
                let stream = try await client.stream("/test/Talk")
                try await stream.send(ByteBuffer())
                for hoarder in hoarders { hoarder.hangUp() }
                var received = 0
                for try await message in stream.messages { received += message.readableBytes }
                #expect(received == 64 * (16 << 10))
            }
        }
    }
}
