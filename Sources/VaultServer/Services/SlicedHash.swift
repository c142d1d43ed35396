import NIOCore
import RPC
import VaultStore

/// A checksum of many records, as whoever asked for it is answered.
struct SlicedHash: SlicedAnswer {
    let hash: KeyValueHash
    let encode: (KeyValueHash, UInt32) -> Result<ByteBuffer, Status>

    var count: Int { 0 }

    func next() throws(StoreError) -> Result<[ByteBuffer], Status>? {
        guard let value = try hash.advance() else { return nil }
        return encode(hash, value).map { [$0] }
    }
}
