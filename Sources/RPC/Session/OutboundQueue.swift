import NIOCore

/// The messages that a stream has still to send, as pieces; each message's first piece carries its
/// five-byte prefix, unless the bytes have it already. A piece is released as soon as its last byte
/// is taken.
struct OutboundQueue {
    private struct Piece {
        var prefix: UInt64 = 0
        var prefixCount = 0
        var body: ByteBuffer
        var count: Int { prefixCount + body.readableBytes }
    }

    private var pieces = CircularBuffer<Piece>()
    /// Bytes queued, prefixes included.
    private(set) var byteCount = 0

    mutating func append(_ message: ByteBuffer) {
        append(
            Piece(
                prefix: UInt64(message.readableBytes), prefixCount: 5, body: message))
    }

    /// Appends one message that comes in pieces.
    mutating func append(chunks: [ByteBuffer]) {
        let count = chunks.reduce(0) { $0 + $1.readableBytes }
        append(Piece(prefix: UInt64(count), prefixCount: 5, body: ByteBuffer()))
        for chunk in chunks {
            append(Piece(body: chunk))
        }
    }

    /// Appends messages that have their prefixes.
    mutating func append(prefixed messages: ByteBuffer) {
        append(Piece(body: messages))
    }

    mutating func removeAll() {
        if !pieces.isEmpty { pieces.removeAll(keepingCapacity: true) }
        byteCount = 0
    }

    /// Forgets everything but the next `kept` bytes.
    mutating func truncate(keeping kept: Int) {
        while byteCount > kept, var last = pieces.popLast() {
            byteCount -= last.count
            let missing = kept - byteCount
            if missing > 0 {
                // A prefix cut in two is kept whole: the end of the message is lost anyway.
                let bodyCount = max(0, missing - last.prefixCount)
                last.body =
                    last.body.getSlice(at: last.body.readerIndex, length: bodyCount)
                    ?? ByteBuffer()
                append(last)
                return
            }
        }
    }

    /// Moves the next `count` bytes, which are there, to `output`.
    mutating func take(_ count: Int, into output: inout ByteBuffer) {
        byteCount -= count
        var missing = count
        while missing > 0 {
            let first = pieces.startIndex
            while missing > 0, pieces[first].prefixCount > 0 {
                pieces[first].prefixCount -= 1
                let shift = UInt64(pieces[first].prefixCount) * 8
                output.writeInteger(UInt8(truncatingIfNeeded: pieces[first].prefix >> shift))
                missing -= 1
            }
            let taken = min(missing, pieces[first].body.readableBytes)
            missing -= taken
            if taken == pieces[first].body.readableBytes, pieces[first].prefixCount == 0 {
                var body = pieces.removeFirst().body
                output.writeBuffer(&body)
            } else if taken > 0 {
                output.writeBytes(
                    pieces[first].body.readableBytesView.prefix(taken))
                pieces[first].body.moveReaderIndex(forwardBy: taken)
            }
        }
    }

    private mutating func append(_ piece: Piece) {
        byteCount += piece.count
        if piece.count > 0 {
            pieces.append(piece)
        }
    }
}
