import NIOCore
import VaultStore

/// Encodes a `TxnResponse` of ranges while the store reads them, one after the other.
struct TransactionResponseSink: TransactionSink {
    private var range = Self.emptyRange
    /// The ranges that are whole, each after what says that it is one.
    private var pieces: [ByteBuffer] = []
    private var finishedCount = 0

    private static var emptyRange: RangeResponseSink {
        RangeResponseSink(
            firstBytes: Limits.responseBytesFirst, pieceBytesMax: Limits.responsePieceBytes)
    }

    /// Bytes so far.
    var count: Int { finishedCount + range.count }

    mutating func append(_ record: borrowing RecordView) {
        range.append(record)
    }

    mutating func finishRange(_ summary: RangeSummary) {
        // Headers inside a transaction say only the revision, as in etcd.
        let content = range.finishPieces(
            summary, header: ResponseHeader(clusterID: 0, memberID: 0, raftTerm: 0))
        range = Self.emptyRange
        let contentCount = content.reduce(0) { $0 + $1.readableBytes }
        var prefix = WireWriter()
        // `TxnResponse.responses`, and in it `ResponseOp.response_range`.
        prefix.prefix(3, count: 1 + WireSize.varint(UInt64(contentCount)) + contentCount)
        prefix.prefix(1, count: contentCount)
        pieces.append(prefix.buffer)
        pieces += content
        finishedCount += prefix.buffer.readableBytes + contentCount
    }

    /// The answer's pieces, in order.
    func finishPieces(_ summary: TransactionSummary, header: ResponseHeader) -> [ByteBuffer] {
        var head = WireWriter()
        header.write(revision: summary.revision.rawValue, to: &head)
        head.flag(2, summary.succeeded)
        return [head.buffer] + pieces
    }
}
