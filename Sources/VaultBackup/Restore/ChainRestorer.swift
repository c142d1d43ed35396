import VaultSeal
import VaultStore

/// Builds the file of a restored store while it adds up what the archive says.
final class ChainRestorer: ChainVisitor {
    private var tally: StateTally
    private var builder: StoreBuilder?
    private let audit: (any AuditSink)?
    let sealing: RecordSealing?

    init(
        tally key: StateHashKey, builder: StoreBuilder, sealing: RecordSealing,
        audit: (any AuditSink)?
    ) {
        self.audit = audit
        tally = StateTally(key: key)
        self.builder = builder
        self.sealing = sealing
    }

    func record(
        _ place: ArchivePlace, _ payload: UnsafeRawBufferPointer, digest: StateHash,
        sealed: UnsafeRawBufferPointer
    ) throws(BackupError) {
        do throws(StoreError) {
            try tally.record(
                main: place.main, sub: place.sub, payload: payload, digest: digest)
            try builder?.record(
                main: place.main, sub: place.sub, payload: payload, digest: digest,
                sealed: sealed)
        } catch { throw BackupError(error) }
    }

    func lease(id: Int64, _ payload: UnsafeRawBufferPointer) throws(BackupError) {
        do throws(StoreError) {
            try tally.lease(id: id, payload: payload)
            try builder?.lease(id: id, payload: payload)
        } catch { throw BackupError(error) }
    }

    func access(_ payload: UnsafeRawBufferPointer) throws(BackupError) {
        do throws(StoreError) {
            try tally.access(payload: payload)
            try builder?.access(payload: payload)
        } catch { throw BackupError(error) }
    }

    func audit(first: UInt64, _ lines: UnsafeRawBufferPointer) throws(BackupError) {
        try audit?.take(first: first, lines)
    }

    /// Holds everything against the summary, and only then completes the file.
    func finish(
        _ summary: ArchiveSummary,
        _ complete: (StoreBuilder) throws(StoreError) -> StoreBuilder.Outcome
    ) throws(BackupError) -> StoreBuilder.Outcome {
        do throws(StoreError) { try tally.check(against: summary) } catch {
            throw .mismatch(BackupError(error).message)
        }
        guard let builder else { preconditionFailure("a restore ends once") }
        do throws(StoreError) { return try complete(builder) } catch { throw BackupError(error) }
    }
}
