import NIOCore
import RPC
import VaultStore

/// A `RangeResponse`.
struct SlicedRange: SlicedAnswer {
    private let scan: RangeScan
    private let header: ResponseHeader
    private var sink = RangeResponseSink(pieceBytesMax: Limits.responsePieceBytes)

    init(_ scan: RangeScan, header: ResponseHeader) {
        self.scan = scan
        self.header = header
    }

    var count: Int { sink.count + scan.gatheredBytes }

    mutating func next() throws(StoreError) -> Result<[ByteBuffer], Status>? {
        guard let summary = try scan.next(into: &sink) else { return nil }
        return .success(sink.finishPieces(summary, header: header))
    }
}
