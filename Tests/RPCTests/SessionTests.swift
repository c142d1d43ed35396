import NIOCore
import Testing

@testable import RPC

@Suite struct SessionTests {
    /// The peer's windows as large as they get, so that nothing but the budget stops the session.
    private static let openWindows =
        RawConnection.frame(type: 4, [0, 4, 0x7F, 0xFF, 0xFF, 0xFF])
        + RawConnection.frame(type: 8, [0x7F, 0, 0, 0])

    private func makeSession(_ delegate: Sender) throws -> Session {
        let session = try Session(
            settings: SessionSettings(
                isServer: false, streamsMax: 0, streamWindowBytes: 65535,
                connectionWindowBytes: 65535, headerBytesMax: 65536, continuationsMax: 8),
            delegate: delegate)
        delegate.session = session
        return session
    }

    @Test func framesAreMadeUpToTheBudgetOfATurn() throws {
        let sender = Sender(bodyCount: 4 << 20)
        let session = try makeSession(sender)
        try Self.openWindows.withUnsafeBytes { try session.receive($0) }
        _ = try session.submitRequest(Sender.headers, slot: 0)
        let budget = 256 * 1024
        let frameBytesMax = 16_384 + 9
        var total = 0
        var turns = 0
        var hasMore = true
        while hasMore {
            hasMore = try session.produce(bytesMax: budget)
            #expect(session.output.readableBytes < budget + frameBytesMax)
            total += session.output.readableBytes
            session.output.clear()
            turns += 1
        }
        #expect(total > 4 << 20)
        #expect(turns >= 16)
        #expect(sender.left == 0)
        session.close()
    }

    @Test func closingInsideACallbackIsTheEndOfCallbacks() throws {
        let sender = Sender(bodyCount: 0)
        let session = try makeSession(sender)
        sender.closesAtFirstFrame = true
        try (Self.openWindows + Self.openWindows).withUnsafeBytes { try session.receive($0) }
        #expect(sender.frameCount == 1)
        // All of these do nothing now.
        session.ping()
        session.terminate(error: 0)
        try Self.openWindows.withUnsafeBytes { try session.receive($0) }
        #expect(try !session.produce(bytesMax: 100))
        #expect(session.isFinished)
        session.close()
    }
}

/// Sends one body of zeros.
private final class Sender: SessionDelegate {
    static let headers: HeaderBlock = {
        var block = HeaderBlock()
        block.append(":method", "POST")
        return block
    }()

    weak var session: Session?
    var left: Int
    var closesAtFirstFrame = false
    var frameCount = 0

    init(bodyCount: Int) { left = bodyCount }

    func frameBegan(_ frame: FrameHeader) {
        frameCount += 1
        if closesAtFirstFrame { session?.close() }
    }
    func headersBegan(streamID: Int32, slot: Int?, isRequest: Bool) -> Int? { slot }
    func header(
        slot: Int, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
    ) -> Bool { true }
    func headersEnded(slot: Int, endsStream: Bool) {}
    func dataReceived(slot: Int, bytes: UnsafeRawBufferPointer) {}
    func remoteEnded(slot: Int) {}
    func trailersSent(slot: Int) {}
    func streamClosed(slot: Int, error: UInt32) {}
    func goAwayReceived(lastStreamID: Int32, error: UInt32) {}
    func pingAnswered() {}
    func offer(slot: Int, upTo count: Int) -> DataOffer {
        left <= count ? .last(left) : .bytes(count)
    }
    func take(slot: Int, count: Int, into output: inout ByteBuffer) {
        output.writeRepeatingByte(0, count: count)
        left -= count
    }
}
