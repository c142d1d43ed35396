import NIOCore

/// Cuts the bytes of DATA frames into gRPC messages: one flag byte, four bytes of length, body.
///
/// The length is checked when its five bytes are there, before any of the body is kept.
struct MessageAssembler {
    /// The value of `grpc-encoding`; nil when there was none.
    var encoding: String?
    /// The length that the message under way announced; nil between messages.
    private(set) var expectedCount: Int?

    private let messageBytesMax: Int
    /// Room for all of a message is made when its length is known: only for a peer that is trusted
    /// to send what it announces.
    private let reservesRoom: Bool
    private var prefix: UInt64 = 0
    private var prefixCount = 0
    private var body = ByteBuffer()
    /// Whether the memory of a large message is filled again once whoever took it has let go:
    /// giving it back, and taking as much anew, costs more than filling it.
    var recyclesBodies = false
    /// With `recyclesBodies`: the messages that were returned last, the oldest first.
    private var returned: [ByteBuffer] = []
    /// As many messages as wait to be taken; of older ones some are always free.
    private static let returnedMax = 4

    /// A larger body is not kept for reuse, so that one large message does not make every stream
    /// object of the connection large for good.
    private static let reusedBodyBytesMax = 16 * 1024

    init(messageBytesMax: Int, reservesRoom: Bool = false) {
        self.messageBytesMax = messageBytesMax
        self.reservesRoom = reservesRoom
    }

    /// Whether no message is half received.
    var isBetweenMessages: Bool { prefixCount == 0 }

    /// Bytes of a message that is half received.
    var receivedCount: Int { isBetweenMessages ? 0 : body.readableBytes }

    mutating func reset() {
        if encoding != nil { encoding = nil }
        expectedCount = nil
        prefix = 0
        prefixCount = 0
        recyclesBodies = false
        if !returned.isEmpty { returned = [] }
        if body.capacity > Self.reusedBodyBytesMax {
            body = ByteBuffer()
        }
    }

    /// Takes bytes from the front of `input` up to the end of one message and returns the message,
    /// or takes all of them and returns nil.
    mutating func next(
        from input: inout UnsafeRawBufferPointer
    ) throws(Status) -> ByteBuffer? {
        if prefixCount == 0, input.count >= 5 {
            // The whole prefix at once, as nearly always.
            prefix =
                UInt64(input[0]) << 32
                | UInt64(
                    UInt32(
                        bigEndian: input.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
            prefixCount = 5
            input = UnsafeRawBufferPointer(rebasing: input[5...])
            try beginBody()
        }
        while prefixCount < 5 {
            guard let byte = input.first else { return nil }
            input = UnsafeRawBufferPointer(rebasing: input.dropFirst())
            prefix = prefix << 8 | UInt64(byte)
            prefixCount += 1
            if prefixCount == 5 { try beginBody() }
        }
        let missing = (expectedCount ?? 0) - body.readableBytes
        let taken = min(missing, input.count)
        body.writeBytes(UnsafeRawBufferPointer(rebasing: input.prefix(taken)))
        input = UnsafeRawBufferPointer(rebasing: input.dropFirst(taken))
        guard taken == missing else { return nil }

        let message = body
        prefix = 0
        prefixCount = 0
        expectedCount = nil
        if body.capacity > Self.reusedBodyBytesMax { replaceBody() }
        return message
    }

    private mutating func replaceBody() {
        guard recyclesBodies else {
            body = ByteBuffer()
            return
        }
        returned.append(body)
        // Who still has it keeps it: `clear` takes other memory then.
        body = returned.count > Self.returnedMax ? returned.removeFirst() : ByteBuffer()
    }

    private mutating func beginBody() throws(Status) {
        let count = try checkPrefix()
        expectedCount = count
        body.clear()
        if reservesRoom { body.reserveCapacity(count) }
    }

    private func checkPrefix() throws(Status) -> Int {
        let length = Int(prefix & 0xFFFF_FFFF)
        switch prefix >> 32 {
        case 0:
            break
        case 1:
            guard let encoding, encoding != "identity" else {
                throw Status(
                    .internal, "grpc: compressed flag set with identity or empty encoding")
            }
            throw Status(
                .unimplemented,
                "grpc: Decompressor is not installed for grpc-encoding \"\(encoding)\"")
        case let format:
            throw Status(.internal, "grpc: received unexpected payload format \(format)")
        }
        guard length <= messageBytesMax else {
            throw Status(
                .resourceExhausted,
                "grpc: received message larger than max (\(length) vs. \(messageBytesMax))")
        }
        return length
    }
}
