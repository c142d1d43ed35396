import NIOCore
import RPC
import VaultStore

/// A long answer that is put together slice by slice.
protocol SlicedAnswer {
    /// Bytes that it holds so far.
    var count: Int { get }

    /// Reads the next slice. Returns the pieces of the whole answer after the last one.
    mutating func next() throws(StoreError) -> Result<[ByteBuffer], Status>?
}
