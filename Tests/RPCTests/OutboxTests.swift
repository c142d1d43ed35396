import NIOCore
import Synchronization
import Testing
import VaultTestSupport

@testable import RPC

@Suite struct OutboxTests {
    private static func body(_ number: Int, count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }
    }

    /// Small messages share buffers and large ones have their own: both ways of sending, in every
    /// size around the bounds, arrive whole and in order.
    @Test(arguments: TestSeed.seeds(3, for: "outbox"))
    func messagesOfAllSizesArriveInOrder(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let edge = StreamOutbox.sharedBytesMax
        let counts = (0..<600).map { _ in
            switch Int.random(in: 0...5, using: &random) {
            case 0: 0
            case 1: Int.random(in: edge - 2...edge + 2, using: &random)
            case 2: Int.random(in: 60_000...70_000, using: &random)
            default: Int.random(in: 1...300, using: &random)
            }
        }
        let route = Route.stream("/test.Mixed/Go") { call in
            let handler = ClosureHandler()
            handler.onHalfClose = {
                SystemThread.start {
                    for (number, count) in counts.enumerated() {
                        let body = Self.body(number, count: count)
                        if number % 3 == 0 {
                            call.send(ByteBuffer(bytes: body))
                        } else {
                            call.send(count: count) { $0.copyBytes(from: body) }
                        }
                    }
                    call.finish(.ok)
                }
            }
            return handler
        }
        try await TestServer.run([route]) { test in
            try await test.withClient { client in
                let stream = try await client.stream("/test.Mixed/Go")
                stream.finishSending()
                var number = 0
                for try await message in stream.messages {
                    let expected = ByteBuffer(bytes: Self.body(number, count: counts[number]))
                    #expect(message == expected, "message \(number)")
                    number += 1
                }
                #expect(number == counts.count)
            }
        }
    }

    @Test func onlyTheFirstMessageIsAnnounced() {
        var outbox = StreamOutbox(unsentBytesMax: 100)
        let announcements = ["a", "b"].map { outbox.append(ByteBuffer(string: $0)) }
        #expect(announcements == [true, false])
        let messages = [outbox.take(), outbox.take()]
        #expect(messages == [[ByteBuffer(bytes: [0, 0, 0, 0, 1, 97, 0, 0, 0, 0, 1, 98])], []])
        let isAnnouncedAgain = outbox.append(ByteBuffer())
        #expect(isAnnouncedAgain)
    }

    /// What is said to have more behind it waits for it, but not beyond a frame.
    @Test func messagesWithMoreBehindThemWaitForAFrame() {
        var outbox = StreamOutbox(unsentBytesMax: 1 << 20)
        let isAnnounced = (0..<2).map { _ in outbox.append(count: 1, more: true) { $0[0] = 1 } }
        #expect(isAnnounced == [false, false])
        let announcements = (0..<2).map { _ in outbox.announce() }
        #expect(announcements == [true, false])
        #expect(outbox.take() == [ByteBuffer(bytes: [0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1])])
        let isNothingAnnounced = outbox.announce()
        #expect(!isNothingAnnounced)
        let count = StreamOutbox.sharedBytesMax / 2
        let large = (0..<3).map { _ in outbox.append(count: count, more: true) { _ in } }
        #expect(large == [false, true, false])
        #expect(outbox.take().reduce(0) { $0 + $1.readableBytes } == 3 * (count + 5))
    }

    /// Whoever saw the stream full hears that it is not, even when the bytes that filled it were
    /// never all on the event loop at once.
    @Test func aFullStreamIsSaidToBeWritableOnce() {
        var outbox = StreamOutbox(unsentBytesMax: 100)
        for _ in 0..<2 { _ = outbox.append(ByteBuffer(repeating: 1, count: 75)) }
        #expect(outbox.unsentBytes == 160)
        let isWritableAgain = [0, 60, 1, 99].map { outbox.sent($0) }
        #expect(isWritableAgain == [false, false, true, false])
        #expect(outbox.unsentBytes == 0)
    }
}
