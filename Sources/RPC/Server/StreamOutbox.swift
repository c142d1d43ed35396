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
    /// The event loop knows that there is something.
    private var isAnnounced = false
    private let unsentBytesMax: Int
    /// What the user's other streams know of.
    private(set) var countedBytes = 0
    private let uncountedBytesMax: Int

    init(unsentBytesMax: Int, uncountedBytesMax: Int = 0) {
        self.unsentBytesMax = unsentBytesMax
        self.uncountedBytesMax = uncountedBytesMax
    }

    /// A change of what is unsent that the user's other streams must know of; taken to be told now.
    mutating func takeChange() -> Int {
        let change = unsentBytes - countedBytes
        guard abs(change) > uncountedBytesMax || (unsentBytes == 0 && change != 0) else { return 0 }
        countedBytes = unsentBytes
        return change
    }

    /// The room of a stream whose user has none; `sent` says when there may be more. nil: nothing
    /// is unsent, so that it will not.
    mutating func roomWithout(isExhausted: Bool) -> Int? {
        guard unsentBytes > 0 else { return isExhausted ? nil : uncountedBytesMax }
        let room = isExhausted ? 0 : uncountedBytesMax - unsentBytes
        if room <= 0 { wasFull = true }
        return room
    }

    /// Appends a message of `count` bytes, at most `sharedBytesMax`, which `write` fills in.
    /// Returns whether it must be announced. With `more` that can wait until a frame is full.
    mutating func append(
        count: Int, more: Bool = false, _ write: (UnsafeMutableRawBufferPointer) -> Void
    ) -> Bool {
        let total = Self.prefixCount + count
        noteQueued(total)
        // SAFETY: the bytes of the prefix are its own, and `write` gets exactly the rest of what
        // was reserved.
        open.writeWithUnsafeMutableBytes(minimumWritableBytes: total) { bytes in
            bytes.storeBytes(of: 0, as: UInt8.self)
            bytes.storeBytes(of: UInt32(count).bigEndian, toByteOffset: 1, as: UInt32.self)
            write(UnsafeMutableRawBufferPointer(rebasing: bytes[Self.prefixCount..<total]))
            return total
        }
        let mayWait = more && full.isEmpty && open.readableBytes < Self.sharedBytesMax
        return !mayWait && announce()
    }

    /// Returns whether the message must be announced.
    mutating func append(_ message: ByteBuffer) -> Bool {
        let total = Self.prefixCount + message.readableBytes
        noteQueued(total)
        open.reserveCapacity(minimumWritableBytes: min(total, Self.sharedBytesMax))
        open.writeInteger(UInt8(0))
        open.writeInteger(UInt32(message.readableBytes))
        if message.readableBytes <= Self.sharedBytesMax {
            open.writeImmutableBuffer(message)
        } else {
            closeOpen()
            full.append(message)
        }
        return announce()
    }

    /// Whether there is something that the event loop was not told of; it is taken to be told now.
    mutating func announce() -> Bool {
        guard !isAnnounced, !full.isEmpty || open.readableBytes > 0 else { return false }
        isAnnounced = true
        return true
    }

    /// Counts the bytes of a message with its prefix, and begins a buffer where need be.
    private mutating func noteQueued(_ total: Int) {
        unsentBytes += total
        if unsentBytes >= unsentBytesMax { wasFull = true }
        if open.readableBytes > 0, open.readableBytes + total > Self.bufferBytes { closeOpen() }
    }

    private mutating func closeOpen() {
        full.append(open)
        open = ByteBuffer()
    }

    /// Everything in here.
    mutating func take() -> [ByteBuffer] {
        if open.readableBytes > 0 { closeOpen() }
        isAnnounced = false
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
