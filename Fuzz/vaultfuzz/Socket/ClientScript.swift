import NIOCore

@testable import RPC

/// What real clients send, as frames: made by the client's side of `Session`.
final class ClientScript: SessionDelegate {
    private var bodies: [[UInt8]] = []

    /// The bytes of whole conversations, without the preface.
    var conversations: [[UInt8]] {
        let message = Self.frame(Array("message".utf8))
        return [
            conversation([(EmbeddedHandlers.echo, message)]),
            conversation([
                (EmbeddedHandlers.stream, message + message + message + message),
                (EmbeddedHandlers.later, message), (EmbeddedHandlers.fail, message),
                ("/none/None", message),
            ]),
            conversation([(EmbeddedHandlers.echo, Self.frame([UInt8](repeating: 1, count: 1900)))]),
        ]
    }

    private static func frame(_ message: [UInt8]) -> [UInt8] {
        [0, 0, 0, UInt8(message.count >> 8), UInt8(message.count & 0xff)] + message
    }

    private func conversation(_ calls: [(path: String, body: [UInt8])]) -> [UInt8] {
        bodies = calls.map(\.body)
        do throws(Session.Failure) {
            let session = try Session(
                settings: SessionSettings(
                    isServer: false, streamsMax: 0, streamWindowBytes: 65_535,
                    connectionWindowBytes: 65_535, headerBytesMax: 65_536, continuationsMax: 8),
                delegate: self)
            defer { session.close() }
            for (slot, call) in calls.enumerated() {
                var block = HeaderBlock()
                for (name, value) in [
                    (":method", "POST"), (":scheme", "http"), (":path", call.path),
                    (":authority", "localhost"), ("content-type", "application/grpc"),
                    ("te", "trailers"), ("grpc-timeout", "4999m"), ("token", "simple.7"),
                ] {
                    block.append(name, Array(value.utf8))
                }
                _ = try session.submitRequest(block, slot: slot)
            }
            session.ping()
            while try session.produce(bytesMax: 1 << 16) {}
            return Array(session.output.readableBytesView.dropFirst(SessionTarget.preface.count))
        } catch { preconditionFailure("a client's session works: \(error.description)") }
    }

    func offer(slot: Int, upTo count: Int) -> DataOffer {
        let offered = min(count, bodies[slot].count)
        return offered == bodies[slot].count ? .last(offered) : .bytes(offered)
    }

    func take(slot: Int, count: Int, into output: inout ByteBuffer) {
        output.writeBytes(bodies[slot].prefix(count))
        bodies[slot].removeFirst(count)
    }

    // Nothing comes back.
    func frameBegan(_ frame: FrameHeader) {}
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
}
