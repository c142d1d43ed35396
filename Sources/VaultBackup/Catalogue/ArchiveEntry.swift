import VaultSeal

/// What the end of an archive says of it, without a key.
public struct ArchiveEntry: Equatable, Sendable {
    /// The file's name in its directory.
    public var fileName: String
    /// 32 hex digits.
    public var archiveID: String
    /// 32 hex digits.
    public var storeID: String
    public var timeline: UInt32
    /// Rises by one with every archive that the vault made.
    public var sequence: UInt64
    /// Hash of the whole archive, 64 hex digits.
    public var digest: String
    /// The digest of the archive that this one continues; nil for a full one.
    public var parent: String?
    /// Covers the revisions after `afterRevision` (-1 for a full one) up to `lastRevision`.
    public var afterRevision: Int64
    public var lastRevision: Int64
    /// When it was made, milliseconds since 1970, by the vault's clock.
    public var created: Int64
    public var byteCount: Int64
    public var recordCount: Int64

    public init(
        fileName: String, archiveID: String, storeID: String, timeline: UInt32, sequence: UInt64,
        digest: String, parent: String?, afterRevision: Int64, lastRevision: Int64,
        created: Int64, byteCount: Int64, recordCount: Int64
    ) {
        self.fileName = fileName
        self.archiveID = archiveID
        self.storeID = storeID
        self.timeline = timeline
        self.sequence = sequence
        self.digest = digest
        self.parent = parent
        self.afterRevision = afterRevision
        self.lastRevision = lastRevision
        self.created = created
        self.byteCount = byteCount
        self.recordCount = recordCount
    }
}

extension ArchiveEntry {
    /// What the end of an archive's file says.
    public init(_ file: ArchiveFile) {
        let (footer, identity) = (file.footer, file.footer.identity)
        self.init(
            fileName: file.name, archiveID: footer.archiveIDText,
            storeID: identity.storeID.description, timeline: identity.timeline.number,
            sequence: identity.sequence, digest: file.digestText, parent: file.parentText,
            afterRevision: identity.afterRevision, lastRevision: footer.lastRevision,
            created: identity.created, byteCount: file.byteCount,
            recordCount: Int64(clamping: footer.recordCount))
    }
}
