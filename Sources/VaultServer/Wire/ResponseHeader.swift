import NIOCore
import VaultSeal

/// What every etcd answer says of who gave it; only the revision changes between answers.
struct ResponseHeader: Equatable, Sendable {
    /// Names the vault over all its restores.
    var clusterID: UInt64
    /// Names this life of the vault: a restore changes it.
    var memberID: UInt64
    /// Grows with every restore. 2 at first, as a lone etcd shows.
    var raftTerm: UInt64

    init(clusterID: UInt64, memberID: UInt64, raftTerm: UInt64) {
        self.clusterID = clusterID
        self.memberID = memberID
        self.raftTerm = raftTerm
    }

    init(storeID: StoreID, timeline: Timeline) {
        // etcd clients take 0 for "unknown", so no id may be 0.
        let low = Self.number(storeID.bytes.prefix(8))
        let high = Self.number(storeID.bytes.dropFirst(8).prefix(8))
        let member = high ^ timeline.nonce
        self.init(
            clusterID: low == 0 ? 1 : low, memberID: member == 0 ? 1 : member,
            raftTerm: UInt64(timeline.number) + 1)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The most bytes that the header takes as field 1 of an answer.
    static let encodedMax = 2 + 4 * (1 + WireSize.varintMax)

    /// Bytes of the header's content at `revision`.
    func contentCount(revision: Int64) -> Int {
        WireSize.number(Int64(bitPattern: clusterID)) + WireSize.number(Int64(bitPattern: memberID))
            + WireSize.number(revision) + WireSize.number(Int64(bitPattern: raftTerm))
    }

    /// Writes the header as field 1. The caller reserved `2 + contentCount` bytes.
    func write(revision: Int64, contentCount: Int, to fields: inout RawFields) {
        fields.byte(1 << 3 | WireType.lengthDelimited.rawValue)
        fields.varint(UInt64(contentCount))
        fields.number(1, Int64(bitPattern: clusterID))
        fields.number(2, Int64(bitPattern: memberID))
        fields.number(3, revision)
        fields.number(4, Int64(bitPattern: raftTerm))
    }

    /// Writes the header as field 1.
    func write(revision: Int64, to writer: inout WireWriter) {
        let contentCount = contentCount(revision: revision)
        // SAFETY: `encodedMax` bytes are free, and the header takes `2 + contentCount` of them.
        writer.buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.encodedMax) { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            var fields = RawFields(base)
            write(revision: revision, contentCount: contentCount, to: &fields)
            return fields.count
        }
    }
}
