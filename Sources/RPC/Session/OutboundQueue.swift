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

        /// Moves at most `countMax` bytes to `output`; how many.
        mutating func take(_ countMax: Int, into output: inout ByteBuffer) -> Int {
            var taken = 0
            if prefixCount == 5, countMax >= 5 {
                output.writeInteger(UInt8(truncatingIfNeeded: prefix >> 32))
                output.writeInteger(UInt32(truncatingIfNeeded: prefix))
                (prefixCount, taken) = (0, 5)
            }
            while taken < countMax, prefixCount > 0 {
                prefixCount -= 1
                output.writeInteger(UInt8(truncatingIfNeeded: prefix >> (UInt64(prefixCount) * 8)))
                taken += 1
            }
            let part = min(countMax - taken, body.readableBytes)
            if part == body.readableBytes {
                output.writeBuffer(&body)
            } else if part > 0 {
                output.writeBytes(body.readableBytesView.prefix(part))
                body.moveReaderIndex(forwardBy: part)
            }
            return taken + part
        }
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
        if output.writableBytes < count {
            // At once for all that follows: growing frame by frame copies the ones before.
            output.reserveCapacity(minimumWritableBytes: min(byteCount, Connection.turnBytesMax))
        }
        byteCount -= count
        var missing = count
        while missing > 0 {
            // Out of the queue, so that its buffer is nobody else's.
            var piece = pieces.removeFirst()
            missing -= piece.take(missing, into: &output)
            if piece.count > 0 { pieces.prepend(piece) }
        }
    }

    private mutating func append(_ piece: Piece) {
        byteCount += piece.count
        if piece.count > 0 {
            pieces.append(piece)
        }
    }
}
