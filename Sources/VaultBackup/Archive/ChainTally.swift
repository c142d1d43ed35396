import VaultSeal
public import VaultStore

/// Adds up what a chain says, to hold it against its summary.
final class ChainTally: ChainVisitor {
    private(set) var tally: StateTally
    private let audit: (any AuditChecker)?

    init(key: StateHashKey, audit: (any AuditChecker)? = nil) {
        tally = StateTally(key: key)
        self.audit = audit
    }

    func record(
        _ place: ArchivePlace, _ payload: UnsafeRawBufferPointer, digest: StateHash,
        sealed: UnsafeRawBufferPointer
    ) throws(BackupError) {
        do throws(StoreError) {
            try tally.record(
                main: place.main, sub: place.sub, payload: payload, digest: digest)
        } catch { throw BackupError(error) }
    }

    func lease(id: Int64, _ payload: UnsafeRawBufferPointer) throws(BackupError) {
        do throws(StoreError) { try tally.lease(id: id, payload: payload) } catch {
            throw BackupError(error)
        }
    }

    func access(_ payload: UnsafeRawBufferPointer) throws(BackupError) {
        do throws(StoreError) { try tally.access(payload: payload) } catch {
            throw BackupError(error)
        }
    }

    var takesAllAudit: Bool { audit != nil }

    func auditBegins(continues: Bool) { audit?.begin(continues: continues) }

    func audit(first: UInt64, _ lines: UnsafeRawBufferPointer) throws(BackupError) {
        try audit?.take(first: first, lines)
    }

    func auditEnds(sequence: UInt64, hash: [UInt8]) throws(BackupError) {
        try audit?.end(sequence: sequence, hash: hash)
    }

    /// Throws `.mismatch` unless everything is there that the chain says, and nothing else.
    func check(against summary: ArchiveSummary, of chain: ArchiveChain) throws(BackupError) {
        do throws(StoreError) { try tally.check(against: summary) } catch {
            throw .mismatch("\(chain.last.path): \(BackupError(error).message)")
        }
    }
}

extension BackupError {
    init(_ error: StoreError) {
        switch error {
        case .damaged(let what): self = .integrity(what)
        case .diskFull: self = .noSpace("the disk is full; make room and try again")
        case .unsupportedFormat(let version):
            self = .unsupportedFormat("it has format \(version); use a newer version")
        case .inUse: self = .targetInUse("another process uses the directory; stop it")
        default: self = .inconclusive("\(error)")
        }
    }
}

extension OpenedChain {
    /// What `verifyRecords` read.
    public struct Verification: Equatable, Sendable {
        public var records: UInt64
        public var leases: UInt64
        public var summary: ArchiveSummary
    }

    /// Opens every record and computes the state hash anew; throws `.mismatch` when it is not the
    /// one that the vault had. Writes nothing.
    ///
    /// - Parameter audit: is given the lines of the audit log of all archives that have some, in
    ///   order; what it throws is thrown.
    public func verifyRecords(
        audit: (any AuditChecker)? = nil, progress: ((_ bytes: Int) -> Void)? = nil
    ) throws(BackupError) -> Verification {
        let tally = ChainTally(key: keyring.stateHashKey, audit: audit)
        let summary = try read(tally, progress: progress)
        try tally.check(against: summary, of: chain)
        return Verification(
            records: tally.tally.records, leases: tally.tally.leases, summary: summary)
    }
}
