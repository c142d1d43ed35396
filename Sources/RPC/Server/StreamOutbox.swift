import NIOCore

/// Messages of a stream on their way to the event loop, as they will be sent: small ones one after
/// the other in shared buffers, large ones in their own.
///
/// Whoever sends appends here; only the first message of an empty outbox has to be announced to the
/// event loop, which takes all there is. So the more there is to send, the less each message costs.
struct StreamOutbox {
    /// Messages up to this size are copied together; moving larger ones costs more than a buffer.
    static let sharedBytesMax = 16 * 1024
    /// A shared buffer beyond this size is left as it is and the next one begun, so that a growing
    /// one is not copied over and over.
    private static let bufferBytes = 64 * 1024
    /// gRPC's prefix of a message: not compressed, and its length.
    static let prefixCount = 5

    private var full: [ByteBuffer] = []
    private var open = ByteBuffer()
    /// Bytes that were sent and not given to the socket.
    private(set) var unsentBytes = 0
    private var wasFull = false
    private let unsentBytesMax: Int

    init(unsentBytesMax: Int) {
        self.unsentBytesMax = unsentBytesMax
    }

    /// Appends a message of `count` bytes, at most `sharedBytesMax`, which `write` fills in.
    /// Returns whether it is the first in here.
    mutating func append(count: Int, _ write: (UnsafeMutableRawBufferPointer) -> Void) -> Bool {
        let isFirst = begin(count: count)
        // SAFETY: `write` gets exactly the bytes that were reserved for it.
        open.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            write(UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]))
            return count
        }
        return isFirst
    }

    mutating func append(_ message: ByteBuffer) -> Bool {
        let isFirst = begin(count: message.readableBytes)
        if message.readableBytes <= Self.sharedBytesMax {
            open.writeImmutableBuffer(message)
        } else {
            closeOpen()
            full.append(message)
        }
        return isFirst
    }

    /// Counts a message and writes its prefix.
    private mutating func begin(count: Int) -> Bool {
        let isFirst = full.isEmpty && open.readableBytes == 0
        let total = count + Self.prefixCount
        unsentBytes += total
        if unsentBytes >= unsentBytesMax { wasFull = true }
        if open.readableBytes > 0, open.readableBytes + total > Self.bufferBytes { closeOpen() }
        open.reserveCapacity(minimumWritableBytes: min(total, Self.sharedBytesMax))
        open.writeInteger(UInt8(0))
        open.writeInteger(UInt32(count))
        return isFirst
    }

    private mutating func closeOpen() {
        full.append(open)
        open = ByteBuffer()
    }

    /// Everything in here.
    mutating func take() -> [ByteBuffer] {
        if open.readableBytes > 0 { closeOpen() }
        defer { full = [] }
        return full
    }

    /// `count` bytes were given to the socket. Returns whether the stream takes messages again
    /// after it did not.
    mutating func sent(_ count: Int) -> Bool {
        unsentBytes -= count
        guard wasFull, unsentBytes < unsentBytesMax else { return false }
        wasFull = false
        return true
    }
}
