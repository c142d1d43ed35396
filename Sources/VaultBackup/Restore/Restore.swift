import VaultSeal
import VaultStore

#if canImport(Glibc)
    import Glibc
#endif

/// Makes a data directory from a chain of archives: in a new timeline, under a new data key, past
/// every revision that the lost vault may have given out, and in quarantine until somebody accepts
/// it. Everything is verified before the directory becomes a vault.
public enum Restore {
    /// Restores `opened` into `directory`, which is made, or empty. On failure nothing of it stays.
    ///
    /// - Parameters:
    ///   - audit: makes who takes the lines of the audit log, in the directory that is made for
    ///     them; asked when the archives have them up to their end.
    ///   - progress: told how many bytes of the archives were read.
    public static func run(
        _ opened: OpenedChain, into directory: String, options: RestoreOptions = .init(),
        audit makeAudit: ((_ directory: String) throws(BackupError) -> any AuditSink)? = nil,
        progress: ((_ bytes: Int) -> Void)? = nil
    ) throws(BackupError) -> RestoreReport {
        let footer = opened.chain.last.footer
        let restored = try opened.end(for: options.revision)
        let current = footer.lastRevision.addingReportingOverflow(max(options.bump, 1))
        guard !current.overflow else {
            throw .mismatch("there are no revisions left after \(footer.lastRevision)")
        }
        var target = try RestoreTarget.prepare(directory)
        try target.requireRoom(for: opened.chain.files.reduce(0) { $0 + $1.byteCount })
        let keyring = try makeKeyring(
            opened, in: directory, last: restored, first: current.partialValue)
        defer {
            keyring.cipher.close()
            keyring.live.close()
            keyring.stateHashKey.close()
        }
        let end = End(restored: restored, current: current.partialValue)
        var audit: (any AuditSink)?
        if footer.identity.hasAudit, let makeAudit {
            audit = try makeAudit(directory + "/" + RestoreTarget.auditName)
        }
        let (outcome, summary) = try build(opened, keyring, directory, end, audit, progress)
        try audit?.finish(
            sequence: summary.auditSequence, hash: summary.auditHash, keys: keyring.auditKeys)
        try target.publish(
            CurrentFile(
                storeID: footer.identity.storeID,
                timelineNumber: keyring.cipher.timeline.number))
        return RestoreReport(
            storeID: footer.identity.storeID, timeline: keyring.cipher.timeline.number,
            restoredRevision: restored, currentRevision: current.partialValue,
            records: outcome.records, leases: outcome.leases,
            revivedLeases: outcome.revivedLeases, newestTime: summary.newestTime,
            auditLine: audit == nil ? 0 : summary.auditSequence, slot: opened.keyring.slot)
    }

    private struct End {
        var restored: Int64
        var current: Int64
    }

    private static func makeKeyring(
        _ opened: OpenedChain, in directory: String, last: Int64, first: Int64
    ) throws(BackupError) -> OpenedKeyring {
        do throws(SealError) {
            return try opened.keyring.live.restore(
                into: directory, last: UInt64(last), first: UInt64(first),
                slot: opened.keyring.slot)
        } catch { throw RestoreTarget.failure(of: error, directory) }
    }

    private static func build(
        _ opened: OpenedChain, _ keyring: OpenedKeyring, _ directory: String, _ end: End,
        _ audit: (any AuditSink)?, _ progress: ((Int) -> Void)?
    ) throws(BackupError) -> (StoreBuilder.Outcome, ArchiveSummary) {
        let builder: StoreBuilder
        do throws(StoreError) {
            builder = try StoreBuilder.create(
                in: directory, cipher: keyring.cipher, stateHashKey: keyring.stateHashKey,
                lastRevision: end.restored)
        } catch { throw BackupError(error) }
        let restorer = ChainRestorer(
            tally: keyring.stateHashKey, builder: builder,
            sealing: RecordSealing(cipher: keyring.cipher, lastRevision: end.restored),
            audit: audit)
        let summary = try opened.read(restorer, progress: progress)
        let generation: UInt64
        do throws(SealError) { generation = try keyring.live.generation() } catch {
            throw RestoreTarget.failure(of: error, directory)
        }
        let footer = opened.chain.last.footer
        let mark = BackupMark(sequence: footer.identity.sequence, digest: footer.digest)
        let outcome = try restorer.finish(summary) { (builder) throws(StoreError) in
            try builder.finish(
                summary, currentRevision: end.current, keyringGeneration: generation,
                backups: mark,
                restored: RestoreMark(
                    time: max(Int64(time(nil)) * 1_000, 1), archiveID: footer.identity.archiveID,
                    auditSequence: summary.auditSequence, auditHash: summary.auditHash))
        }
        return (outcome, summary)
    }
}

extension OpenedChain {
    /// The revision that a restore to `revision` ends with, nil for the newest. Throws
    /// `.incompleteChain` where that was compacted or never was.
    func end(for revision: Int64?) throws(BackupError) -> Int64 {
        let footer = chain.last.footer
        let end = min(revision ?? footer.lastRevision, footer.lastRevision)
        guard end >= max(footer.compactRevision, 1) else {
            throw .incompleteChain(
                "revision \(end) had been compacted; the oldest that can be restored is "
                    + "\(max(footer.compactRevision, 1))")
        }
        let gap = keyring.cipher.gaps.first { $0.contains(UInt64(end)) }
        if let gap {
            throw .incompleteChain(
                "revision \(end) never was: an older restore left out \(gap.lowerBound) to "
                    + "\(gap.upperBound)")
        }
        return end
    }
}
