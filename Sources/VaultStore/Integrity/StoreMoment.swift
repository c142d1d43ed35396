/// How far a store's file is, before anything is written to it.
public struct StoreMoment: Equatable, Sendable {
    /// The newest revision.
    public var revision: Revision
    /// The highest number of a keyring that was in use with it; 0 when none was noted.
    public var keyringGeneration: UInt64
    /// How often the rules of access were written.
    public var accessNumber: UInt64
    /// The line of the audit log that was noted last; 0 when none was.
    public var auditSequence: UInt64 = 0

    public init(revision: Revision, keyringGeneration: UInt64, accessNumber: UInt64) {
        self.revision = revision
        self.keyringGeneration = keyringGeneration
        self.accessNumber = accessNumber
    }

    init(_ head: StoreHead) {
        revision = Revision(head.currentRevision)
        keyringGeneration = head.keyringGeneration
        accessNumber = head.accessNumber
        auditSequence = head.auditSequence
    }
}
