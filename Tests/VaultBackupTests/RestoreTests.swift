import Glibc
import Testing
import VaultSeal
import VaultStore
import VaultTestSupport

@testable import VaultBackup

/// What an archive says is what a restore makes of it: content, history, leases and rules.
@Suite struct RestoreTests {
    private func restore(
        _ backed: BackedUpStore, _ paths: [String], to revision: Int64? = nil
    ) throws -> (store: Store, report: RestoreReport) {
        let files = try paths.map { (path) throws(BackupError) in try ArchiveFile(path: path) }
        var chain = try ArchiveChain(of: files)
        if let revision { chain = try chain.covering(revision) }
        let opened = try OpenedChain(chain, with: try BackedUpStore.credential(backed.keyfile))
        let directory = backed.scratch.file("restored.\(UInt32.random(in: .min ... .max))")
        let report = try Restore.run(
            opened, into: directory, options: RestoreOptions(revision: revision))
        return (try backed.openRestored(directory), report)
    }

    @Test func aRestoredVaultIsFreeWhileAForkedProcessHasItsDescriptors() throws {
        let scratch = try TemporaryDirectory()
        let path = scratch.file("restored")
        let copies: DescriptorCopies
        do {
            var target = try RestoreTarget.prepare(path)
            for name in ["data.mdb", "keyring"] { try Files.write("", to: "\(path)/\(name)") }
            copies = try DescriptorCopies(of: path + "/LOCK")
            try target.publish(
                CurrentFile(storeID: StoreID(bytes: Array(0..<16)), timelineNumber: 1))
        }
        let lock = open(path + "/LOCK", O_RDWR | O_CLOEXEC)
        defer { close(lock) }
        #expect(copies.count == 1 && flock(lock, LOCK_EX | LOCK_NB) == 0)
    }

    @Test func aFullArchiveRestoresContentAndHistory() throws {
        let backed = try BackedUpStore()
        for number in 0..<50 { try backed.put("k\(number % 20)", "value \(number)") }
        try backed.delete("k3")
        _ = try backed.store.write(.replaceAccess(Bytes("rules".utf8)))
        let last = backed.store.revision.rawValue
        let path = try backed.archive("full")
        let (store, report) = try restore(backed, [path])
        #expect(report.restoredRevision == last)
        #expect(report.timeline == 2)
        #expect(report.records == 51)
        #expect(try store.content() == backed.store.content())
        for revision in [2, 10, 30, last - 1, last] {
            #expect(try store.content(at: revision) == backed.store.content(at: revision))
        }
        #expect(try store.accessRules() == Bytes("rules".utf8))
        #expect(store.quarantinedSince != nil)
    }

    @Test func revisionsGoOnBehindAGapThatIsToldAsCompacted() throws {
        let backed = try BackedUpStore()
        for number in 0..<5 { try backed.put("k", "\(number)") }
        let (store, report) = try restore(backed, [try backed.archive("full")])
        #expect(report.currentRevision == 6 + 1_000_000_000)
        #expect(store.revision.rawValue == report.currentRevision)
        // What the lost vault may have given out after its last archive.
        for revision in [Int64(7), 1_000, report.currentRevision - 1] {
            #expect(
                throws: StoreError.compacted(
                    oldestReadable: Revision(report.currentRevision))
            ) { try store.content(at: revision) }
        }
        #expect(try store.content(at: 6) == ["k": "6=4"])
        _ = try store.write(.put(PutOperation(key: Bytes("k".utf8), value: Bytes("new".utf8))))
        #expect(try store.content() == ["k": "\(report.currentRevision + 1)=new"])
    }

    @Test func aChainRestoresWhatItsLastArchiveSaw() throws {
        let backed = try BackedUpStore()
        for number in 0..<30 { try backed.put("k\(number % 10)", "a\(number)") }
        let full = try backed.archive("full")
        for number in 0..<10 { try backed.put("k\(number)", "b\(number)") }
        try backed.delete("k1")
        let second = try backed.archive("second", since: try ArchiveFile(path: full))
        try backed.put("late", "c")
        let third = try backed.archive("third", since: try ArchiveFile(path: second))
        #expect(try ArchiveFile(path: third).footer.recordCount == 1)
        let (store, _) = try restore(backed, [third, full, second])
        #expect(try store.content() == backed.store.content())
        #expect(try store.content(at: 20) == backed.store.content(at: 20))
    }

    /// Removed since the full archive was made: neither deleted keys nor old versions come back.
    @Test func whatWasRemovedSinceDoesNotComeBack() throws {
        let backed = try BackedUpStore()
        for number in 0..<30 { try backed.put("k\(number % 10)", "a\(number)") }
        let full = try backed.archive("full")
        try backed.delete("k1")
        try backed.put("k2", "b")
        try backed.compact(backed.store.revision.rawValue)
        _ = try backed.store.write(.destroy(Bytes("k3".utf8)))
        let second = try backed.archive("second", since: try ArchiveFile(path: full))
        try backed.put("late", "c")
        let third = try backed.archive("third", since: try ArchiveFile(path: second))
        let (store, report) = try restore(backed, [full, second, third])
        #expect(try store.content() == backed.store.content())
        #expect(report.records == UInt64(backed.store.status().recordCount))
        #expect(try store.history(of: Bytes("k1".utf8)).isEmpty)
        #expect(store.status().compactRevision == backed.store.status().compactRevision)
    }

    @Test func aChainOpensWithTheNewestCredentialAlone() throws {
        let backed = try BackedUpStore()
        try backed.put("k", "a")
        let full = try backed.archive("full")
        try backed.rotateRootKey()
        try backed.rotateDataKey()
        try backed.put("k", "b")
        let second = try backed.archive("second", since: try ArchiveFile(path: full))
        let (store, _) = try restore(backed, [full, second])
        #expect(try store.content() == ["k": "3=b"])
        #expect(try store.content(at: 2) == ["k": "2=a"])
    }

    /// For random revisions of a random history, a restore to it is that revision, key by key.
    @Test(arguments: TestSeed.seeds(6, for: "point in time"))
    func anyRevisionCanBeRestored(seed: UInt64) throws {
        print("anyRevisionCanBeRestored(): VAULT_SEED=\(seed)")
        var random = SeededRandom(seed: seed)
        let backed = try BackedUpStore()
        var model: [Int64: [String: String]] = [:]
        var paths = [try backed.archive("0")]
        let granted = try backed.store.write(.grantLease(LeaseID(77), ttl: .seconds(3_600)))
        guard case .leaseGranted = granted else { return }
        for round in 1...4 {
            for _ in 0..<Int.random(in: 5...40, using: &random) {
                let key = "k\(random.next() % 12)"
                switch random.next() % 10 {
                case 0, 1: try backed.delete(key)
                case 2: try backed.put(key, "leased \(random.next())", lease: LeaseID(77))
                default: try backed.put(key, "\(random.next())")
                }
                model[backed.store.revision.rawValue] = try backed.store.content()
            }
            paths.append(
                try backed.archive(
                    "\(round)", since: try ArchiveFile(path: paths[paths.count - 1])))
        }
        _ = try backed.store.write(.revokeLease(LeaseID(77)))
        paths.append(
            try backed.archive("last", since: try ArchiveFile(path: paths[paths.count - 1])))
        for _ in 0..<8 {
            guard let revision = model.keys.sorted().randomElement(using: &random) else { return }
            let (store, report) = try restore(backed, paths, to: revision)
            #expect(report.restoredRevision == revision, "seed \(seed)")
            #expect(try store.content() == model[revision], "seed \(seed) revision \(revision)")
        }
    }

    // MARK: - Refusals

    @Test func anotherKeyIsRefusedAndSaysWhichWouldDo() throws {
        let backed = try BackedUpStore()
        try backed.put("k", "v")
        let chain = try ArchiveChain(of: [ArchiveFile(path: try backed.archive("full"))])
        do {
            _ = try OpenedChain(
                chain, with: try BackedUpStore.credential([UInt8](repeating: 1, count: 32)))
            Issue.record("another key opens it")
        } catch let error as BackupError {
            #expect(error.exitCode == 12)
            #expect(error.message.contains("slot 1"))
        }
    }

    @Test func aMissingLinkIsNamed() throws {
        let backed = try BackedUpStore()
        try backed.put("k", "v")
        let full = try backed.archive("full")
        let second = try backed.archive("second", since: try ArchiveFile(path: full))
        let files = [try ArchiveFile(path: second)]
        #expect(throws: BackupError.self) { try ArchiveChain(of: files) }
    }

    @Test func aDirectoryInUseIsLeftAlone() throws {
        let backed = try BackedUpStore()
        try backed.put("k", "v")
        let opened = try backed.opened(try backed.archive("full"))
        do {
            _ = try Restore.run(opened, into: backed.directory)
            Issue.record("a vault was overwritten")
        } catch { #expect(error.exitCode == 21) }
        #expect(try backed.store.content() == ["k": "2=v"])
    }
}
