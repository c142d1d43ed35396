import NIOCore
import VaultStore

/// Encodes a `RangeResponse` while the store reads it: each record's bytes are copied once, from
/// where they were decrypted into the buffers that are sent.
///
/// The header comes first on the wire, but its revision is known last: room is left for it.
struct RangeResponseSink: RangeSink {
    /// Full pieces of a long answer; a short one stays in `current` alone.
    private var pieces: [ByteBuffer] = []
    private var current: ByteBuffer
    /// Bytes of records so far.
    private(set) var count = 0
    private let pieceBytesMax: Int

    /// One buffer for the whole answer.
    init() {
        self.init(capacity: Limits.responseBytesFirst, pieceBytesMax: .max)
    }

    /// An answer in pieces of about `pieceBytesMax`, so that a long one is not moved as it grows.
    init(pieceBytesMax: Int) {
        self.init(capacity: pieceBytesMax + ResponseHeader.encodedMax, pieceBytesMax: pieceBytesMax)
    }

    /// The same, for one that may well be short.
    init(firstBytes: Int, pieceBytesMax: Int) {
        self.init(capacity: firstBytes, pieceBytesMax: pieceBytesMax)
    }

    private init(capacity: Int, pieceBytesMax: Int) {
        self.pieceBytesMax = pieceBytesMax
        current = ByteBufferAllocator().buffer(capacity: capacity)
        current.moveWriterIndex(to: ResponseHeader.encodedMax)
        current.moveReaderIndex(to: ResponseHeader.encodedMax)
    }

    mutating func append(_ record: borrowing RecordView) {
        let contentCount =
            WireSize.bytes(record.key.count) + WireSize.number(record.createRevision.rawValue)
            + WireSize.number(record.modRevision.rawValue) + WireSize.number(record.version)
            + WireSize.bytes(record.value.count) + WireSize.number(record.lease.rawValue)
        let total = 1 + WireSize.varint(UInt64(contentCount)) + contentCount
        if current.readableBytes > 0, current.readableBytes + total > pieceBytesMax {
            pieces.append(current)
            current = ByteBufferAllocator().buffer(capacity: max(pieceBytesMax, total))
        }
        let key = record.key
        let value = record.value
        let numbers = (
            record.createRevision.rawValue, record.modRevision.rawValue, record.version,
            record.lease.rawValue
        )
        // SAFETY: the closure gets at least `total` bytes, which is the sum of what it writes.
        current.writeWithUnsafeMutableBytes(minimumWritableBytes: total) { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            var fields = RawFields(base)
            fields.byte(2 << 3 | WireType.lengthDelimited.rawValue)
            fields.varint(UInt64(contentCount))
            fields.bytes(1, key)
            fields.number(2, numbers.0)
            fields.number(3, numbers.1)
            fields.number(4, numbers.2)
            fields.bytes(5, value)
            fields.number(6, numbers.3)
            return fields.count
        }
        count += total
    }

    /// The answer as one buffer; for sinks made with `init()`.
    mutating func finish(_ summary: RangeSummary, header: ResponseHeader) -> ByteBuffer {
        writeTail(summary)
        Self.writeHeader(header, revision: summary.revision, before: &current)
        return current
    }

    /// The answer's pieces, in order.
    mutating func finishPieces(_ summary: RangeSummary, header: ResponseHeader) -> [ByteBuffer] {
        writeTail(summary)
        pieces.append(current)
        Self.writeHeader(header, revision: summary.revision, before: &pieces[0])
        return pieces
    }

    private mutating func writeTail(_ summary: RangeSummary) {
        let tailMax = 2 * (1 + WireSize.varintMax)
        // SAFETY: two number fields take at most `tailMax` bytes.
        current.writeWithUnsafeMutableBytes(minimumWritableBytes: tailMax) { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            var fields = RawFields(base)
            fields.number(3, summary.more ? 1 : 0)
            fields.number(4, summary.count)
            return fields.count
        }
    }

    /// Puts the header right before the readable bytes.
    private static func writeHeader(
        _ header: ResponseHeader, revision: Revision, before buffer: inout ByteBuffer
    ) {
        let contentCount = header.contentCount(revision: revision.rawValue)
        let end = buffer.writerIndex
        let start = ResponseHeader.encodedMax - (2 + contentCount)
        buffer.moveReaderIndex(to: start)
        // SAFETY: the first `encodedMax` bytes were kept free; `2 + contentCount` of them are
        // written, which ends where the records start.
        buffer.withUnsafeMutableReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            var fields = RawFields(base)
            header.write(revision: revision.rawValue, contentCount: contentCount, to: &fields)
        }
        assert(buffer.writerIndex == end)
    }
}
