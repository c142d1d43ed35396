import NIOCore
import VaultStore

/// A `TxnResponse` of nothing but ranges.
struct SlicedTransaction: SlicedAnswer {
    private let scan: TransactionScan
    private let header: ResponseHeader
    private var sink = TransactionResponseSink()

    init(_ scan: TransactionScan, header: ResponseHeader) {
        self.scan = scan
        self.header = header
    }

    var count: Int { sink.count + scan.gatheredBytes }

    mutating func next() throws(StoreError) -> [ByteBuffer]? {
        guard let summary = try scan.next(into: &sink) else { return nil }
        return sink.finishPieces(summary, header: header)
    }
}
