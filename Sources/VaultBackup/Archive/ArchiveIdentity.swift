public import VaultSeal

/// Which archive this is: in its header, where every frame's key hangs from it, and again in its
/// footer.
public struct ArchiveIdentity: Equatable, Sendable {
    static let byteCount = 156
    static let archiveIDCount = 16

    /// 16 random bytes.
    public var archiveID: [UInt8]
    public var storeID: StoreID
    public var timeline: Timeline
    /// The parent of its key: how often the root key had been changed, and 1.
    public var keyNumber: UInt32
    /// Rises by one with every archive that the vault made.
    public var sequence: UInt64
    /// Milliseconds since 1970.
    public var created: Int64
    /// It holds what came after this revision; -1 for everything.
    public var afterRevision: Int64
    /// The digest of the archive that it continues; zeros for a full one.
    public var parent: [UInt8]
    /// The digest of the archive with the number before; zeros for the first.
    public var previous: [UInt8]

    /// A canary with its number was planted before it was made.
    public var hasCanary = false
    /// It has the audit log's lines, up to its end, or those behind the archive that it continues
    /// where that one has them, too.
    public var hasAudit = false

    var version: UInt32 {
        hasAudit ? ArchiveFormat.versionWithAudit : ArchiveFormat.version
    }

    /// It holds everything, and needs no other.
    public var isFull: Bool { afterRevision < 0 }

    func encode(into output: inout ArchiveBytes) {
        output.put(archiveID)
        output.put(storeID.bytes)
        output.put(timeline.number)
        output.put(timeline.nonce)
        output.put(keyNumber)
        output.put(UInt32(hasCanary ? 1 : 0) | UInt32(hasAudit ? 2 : 0))
        output.put(sequence)
        output.put(created)
        output.put(afterRevision)
        output.put(parent)
        output.put(previous)
        output.put(UInt64(0))
        output.put(UInt32(0))
        output.put(UInt32(0))
    }

    /// Reads `byteCount` bytes; nil when they are none.
    init?(_ input: inout ArchiveBytes) {
        archiveID = input.take(Self.archiveIDCount)
        storeID = StoreID(bytes: input.take(StoreID.count))
        let number: UInt32 = input.number()
        let nonce: UInt64 = input.number()
        keyNumber = input.number()
        let flags = input.number(UInt32.self)
        sequence = input.number()
        created = input.number()
        afterRevision = input.number()
        parent = input.take(ArchiveHash.count)
        previous = input.take(ArchiveHash.count)
        let more = input.take(16)
        guard number >= 1, keyNumber >= 1, flags <= 3, sequence >= 1, created >= 0,
            afterRevision >= -1, afterRevision < 0 || afterRevision >= 1,
            more.allSatisfy({ $0 == 0 }), (afterRevision < 0) == parent.allSatisfy({ $0 == 0 })
        else { return nil }
        hasCanary = flags & 1 != 0
        hasAudit = flags & 2 != 0
        timeline = Timeline(number: number, nonce: nonce)
    }

    public init(
        archiveID: [UInt8], storeID: StoreID, timeline: Timeline, keyNumber: UInt32,
        sequence: UInt64, created: Int64, afterRevision: Int64, parent: [UInt8],
        previous: [UInt8]
    ) {
        self.archiveID = archiveID
        self.storeID = storeID
        self.timeline = timeline
        self.keyNumber = keyNumber
        self.sequence = sequence
        self.created = created
        self.afterRevision = afterRevision
        self.parent = parent
        self.previous = previous
    }
}
