import NIOCore

@testable import RPC

/// The bodies of requests, cut into messages by `MessageAssembler`: the same messages, and the same
/// refusal, however they are cut, from an assembler that was used before, too. Nothing is kept of
/// what is too long.
///
///     flags, how long pieces are, then the bytes
final class MessagesTarget: FuzzTarget {
    private static let messageBytesMax = 300
    /// Serves one stream after the other.
    private var used = MessageAssembler(messageBytesMax: MessagesTarget.messageBytesMax)

    private struct Outcome: Equatable {
        var messages: [ByteBuffer] = []
        var failure: Status?
        var isBetweenMessages = true
    }

    func take(_ input: [UInt8]) {
        var input = Input(input)
        let flags = input.byte()
        let length = Int(input.byte()) + 1
        let bytes = input.remainder()
        let encoding = flags & 1 != 0 ? (flags & 2 != 0 ? "gzip" : "identity") : nil

        var new = MessageAssembler(
            messageBytesMax: Self.messageBytesMax, reservesRoom: flags & 4 != 0)
        let whole = assemble(&new, encoding, [bytes[...]])
        used.reset()
        let pieces = stride(from: 0, to: bytes.count, by: length).map {
            bytes[$0..<min($0 + length, bytes.count)]
        }
        require(assemble(&used, encoding, pieces) == whole, "where it is cut is no matter")
        require(whole, equals: reference(bytes))
    }

    private func assemble(
        _ assembler: inout MessageAssembler, _ encoding: String?, _ pieces: [ArraySlice<UInt8>]
    ) -> Outcome {
        assembler.encoding = encoding
        var outcome = Outcome()
        for piece in pieces {
            outcome.failure = piece.withUnsafeBytes { bytes in
                var rest = bytes
                do throws(Status) {
                    while let message = try assembler.next(from: &rest) {
                        outcome.messages.append(message)
                        if rest.isEmpty { break }
                    }
                    require(rest.isEmpty, "everything is taken")
                    return nil
                } catch { return error }
            }
            if outcome.failure != nil { return outcome }
            require(
                assembler.expectedCount ?? 0 <= Self.messageBytesMax, "no message is too long")
        }
        outcome.isBetweenMessages = assembler.isBetweenMessages
        return outcome
    }

    /// The protocol once more, in the plainest words; of a failure only that there is one.
    private func reference(_ bytes: [UInt8]) -> (messages: [ByteBuffer], fails: Bool, ends: Bool) {
        var messages: [ByteBuffer] = []
        var rest = bytes[...]
        while rest.count >= 5 {
            let prefix = Array(rest.prefix(5))
            let count = prefix[1...].reduce(0) { $0 << 8 | Int($1) }
            guard prefix[0] == 0, count <= Self.messageBytesMax else {
                return (messages, true, true)
            }
            guard rest.count >= 5 + count else { return (messages, false, false) }
            messages.append(ByteBuffer(bytes: rest.dropFirst(5).prefix(count)))
            rest = rest.dropFirst(5 + count)
        }
        return (messages, false, rest.isEmpty)
    }

    private func require(
        _ outcome: Outcome, equals other: (messages: [ByteBuffer], fails: Bool, ends: Bool)
    ) {
        require(outcome.messages == other.messages, "the messages are those that were sent")
        require((outcome.failure != nil) == other.fails, "what is malformed is refused")
        require(other.fails || outcome.isBetweenMessages == other.ends, "an end is noticed")
    }

    var seeds: [[UInt8]] {
        func frame(_ text: String) -> [UInt8] {
            [0, 0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8)
        }
        return [
            [0, 3] + frame("one") + frame("") + frame("three"),
            [0, 0] + frame(String(repeating: "x", count: 200)),
            [3, 0, 1] + frame("compressed"),
            [4, 9, 0, 0, 0, 1, 44] + [UInt8](repeating: 7, count: 300),
            [0, 9, 0, 0, 0, 1, 45, 1, 2, 3],
        ]
    }
}
