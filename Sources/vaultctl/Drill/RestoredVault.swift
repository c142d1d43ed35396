import FoundationEssentials
import Glibc
import VaultAPI
import VaultAccess
import VaultBackup
import VaultClient
import VaultSeal

/// What a drill looks at in a restored vault, through its socket, as a client would.
struct RestoredVault {
    let vault: VaultConnection
    let report: RestoreReport
    let sample: DrillSample

    /// The first secret, or that there are none: what recovery time ends with.
    func readFirst() async throws {
        guard let first = sample.live.first else {
            _ = try await vault.status()
            return
        }
        try await check(first)
    }

    func checkCounts() async throws {
        let status = try await vault.status()
        guard UInt64(status.records) == report.records else {
            throw BackupError.mismatch(
                "the restored vault has \(status.records) records, \(report.records) were written")
        }
        guard status.quarantinedSince > 0 else {
            throw BackupError.continuity("the restored vault is not in quarantine")
        }
    }

    /// Every key of the sample says what it said, and deleted ones are not there.
    func checkContent() async throws -> Int {
        for live in sample.live { try await check(live) }
        var resurrected = 0
        for key in sample.deleted {
            if try await read(key) != nil { resurrected += 1 }
        }
        guard resurrected == 0 else {
            throw BackupError.mismatch("\(resurrected) deleted keys are there again")
        }
        return sample.live.count
    }

    private func check(_ live: DrillSample.Live) async throws {
        guard let found = try await read(live.key) else {
            throw BackupError.mismatch("a key of the backup is missing in the restored vault")
        }
        guard found.modRevision == live.modRevision,
            sample.digest(of: found.value) == live.valueDigest
        else { throw BackupError.mismatch("a key of the restored vault has another value") }
    }

    private func read(_ key: [UInt8]) async throws -> Mvccpb_KeyValue? {
        var request = Etcdserverpb_RangeRequest()
        request.key = Data(key)
        return try await vault.range(request).kvs.first
    }

    /// The canary of the archive is there and says what its vault signed; older ones are not.
    func checkCanary(_ footer: ArchiveFooter) throws {
        guard let canary = sample.canaries.first, sample.canaries.count == 1 else {
            throw BackupError.mismatch("\(sample.canaries.count) canaries are there, not one")
        }
        guard Canary.isGenuine(canary.key, canary.value, footer) else {
            throw BackupError.mismatch("the canary is not the one that the vault planted")
        }
    }

    /// Revisions that the lost vault may have given out are refused, and old ones can be read.
    func checkRevisions() async throws {
        var request = Etcdserverpb_RangeRequest()
        request.key = Data([0])
        request.limit = 1
        request.rangeEnd = Data([0])
        request.revision = report.restoredRevision + 1
        do {
            _ = try await vault.range(request)
            throw BackupError.continuity(
                "a revision that the lost vault may have given out can be read")
        } catch let error as VaultClientError {
            guard error.category == .compacted else { throw error }
        }
        request.revision = report.restoredRevision
        _ = try await vault.range(request)
    }

    /// A watcher that goes on where it was in the lost vault is told, instead of waiting for ever.
    func checkWatch() async throws {
        var request = Etcdserverpb_WatchCreateRequest()
        request.key = Data([0])
        request.rangeEnd = Data([0])
        request.startRevision = report.restoredRevision + 1
        var answers = try await vault.watch(request).makeAsyncIterator()
        for _ in 0..<2 {
            guard let answer = try await answers.next() else { break }
            if answer.canceled, answer.compactRevision == report.currentRevision { return }
        }
        throw BackupError.continuity(
            "a watcher from before the loss is not told that revisions are missing")
    }

    /// A write succeeds, with a revision that no vault before gave out.
    func checkWrite(liveRevision: Int64) async throws {
        let key = "vaultd/drill/\(UInt64.random(in: .min ... .max))"
        let revision = try await vault.put(key, value: Array("written by a drill".utf8))
        guard revision > max(liveRevision, report.restoredRevision) else {
            throw BackupError.continuity("revision \(revision) was given out before")
        }
        _ = try await vault.delete(key)
    }

    /// Values that must not be found in any file; three of at least eight bytes.
    func plaintexts() async throws -> [[UInt8]] {
        var values: [[UInt8]] = []
        for live in sample.live where values.count < 3 {
            guard let found = try await read(live.key), found.value.count >= 8 else { continue }
            values.append(Array(found.value))
        }
        return values
    }
}
