import VaultSeal

/// Who is told what an archive chain holds, in order, every frame authentic. Payloads are valid for
/// the call alone.
protocol ChainVisitor: AnyObject {
    /// How records are to be sealed beforehand; nil when nobody needs that.
    var sealing: RecordSealing? { get }

    /// - Parameters:
    ///   - digest: what the record adds to the state hash.
    ///   - sealed: as `sealing` says; empty for a record that it leaves out.
    func record(
        _ place: ArchivePlace, _ payload: UnsafeRawBufferPointer, digest: StateHash,
        sealed: UnsafeRawBufferPointer
    ) throws(BackupError)
    func lease(id: Int64, _ payload: UnsafeRawBufferPointer) throws(BackupError)
    func access(_ payload: UnsafeRawBufferPointer) throws(BackupError)
    /// Lines of the audit log: of the archives that together have it up to the end, or of all.
    func audit(first: UInt64, _ lines: UnsafeRawBufferPointer) throws(BackupError)

    /// Whether it is given the lines of archives, too, that the newest does not continue.
    var takesAllAudit: Bool { get }
    /// An archive with lines begins; it has those behind the one before if it continues that one's.
    func auditBegins(continues: Bool)
    /// It ends, and says that this was the last line of the log.
    func auditEnds(sequence: UInt64, hash: [UInt8]) throws(BackupError)
}

extension ChainVisitor {
    var sealing: RecordSealing? { nil }

    func audit(first: UInt64, _ lines: UnsafeRawBufferPointer) {}

    var takesAllAudit: Bool { false }

    func auditBegins(continues: Bool) {}

    func auditEnds(sequence: UInt64, hash: [UInt8]) {}
}
