import NIOCore
import RPC
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

    mutating func next() throws(StoreError) -> Result<[ByteBuffer], Status>? {
        guard let summary = try scan.next(into: &sink) else { return nil }
        return .success(sink.finishPieces(summary, header: header))
    }
}
