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
    /// Lines of the audit log, where the newest archive has them.
    func audit(first: UInt64, _ lines: UnsafeRawBufferPointer) throws(BackupError)
}

extension ChainVisitor {
    var sealing: RecordSealing? { nil }

    func audit(first: UInt64, _ lines: UnsafeRawBufferPointer) {}
}
