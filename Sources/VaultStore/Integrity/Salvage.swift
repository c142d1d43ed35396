import LMDB
import VaultSeal

#if canImport(Glibc)
    import Glibc
#endif

/// Saves what verifies of a damaged file into a file of its own, which is sound: the damaged one
/// is read page by page and never handed to LMDB, nor changed.
///
/// Leases are looked at and not saved: in a vault that cannot be written none may end.
struct Salvage {
    private let file: FileCheck
    private let tolerance = FileTolerance()
    private let target: RecordLog
    private let progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?
    private var access: AccessRecord?
    private var tally: DamageTally
    private var saved: UInt64 = 0
    private var hash = StateHash.zero
    private var newest = Revision.initial.rawValue

    /// Opens both files; `directory` must be empty.
    init(
        of path: String, into directory: String, cipher: RecordCipher,
        stateHashKey: StateHashKey,
        progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?
    ) throws(StoreError) {
        do throws(FileDamage) {
            file = try FileCheck.open(path: path, tolerance: tolerance)
        } catch { throw StoreError(error) }
        self.progress = progress
        tally = DamageTally(floor: .none, gaps: RevisionGaps(cipher.gaps))
        target = try RecordLog.open(
            in: directory, cipher: cipher, stateHashKey: stateHashKey, create: true)
    }

    /// Saves everything and says what could not be. The new file is closed afterwards.
    mutating func run() throws(StoreError) -> DamageReport {
        defer { target.environment.close() }
        let head = try readState()
        if let head { tally.setFloor(Revision(head.compactRevision)) }
        try saveRecords(last: head?.currentRevision ?? .max)
        try readLeases()
        try noteStructure()
        let written = head ?? lostHead()
        if head == nil {
            tally.note(
                Damage(
                    .missing,
                    "the sealed head; only the newest revision of what was found can be read"))
        }
        let isCurrent = tally.isAccessCurrent(written)
        var report = tally.finish(against: written)
        if head == nil { report.stateHashMatches = false }
        try writeState(written, access: isCurrent ? access : nil)
        return report
    }

    // MARK: - What is read

    /// Goes through a table page by page; a page that cannot be read is noted and left out.
    private mutating func visit(
        _ table: String,
        _ body: (inout Salvage, UnsafeRawBufferPointer, UnsafeRawBufferPointer)
            throws(StoreError) -> Void
    ) throws(StoreError) {
        for page in file.leafPages(of: table) {
            var damage: FileDamage?
            do throws(StoreError) {
                try file.visit(
                    page,
                    failure: { found in
                        damage = found
                        return StoreError(found)
                    }
                ) { (key, value) throws(StoreError) in try body(&self, key, value) }
            } catch {
                guard let damage else { throw error }
                try note(damage)
            }
        }
    }

    private mutating func readState() throws(StoreError) -> StoreHead? {
        var head: StoreHead?
        let transaction = file.transaction
        try visit(RecordLog.stateTableName) { (salvage, key, sealed) throws(StoreError) in
            do throws(StoreError) {
                if key.elementsEqual(RecordLog.headKey) {
                    let found = try salvage.target.cipher.openHead(sealed)
                    head = found
                    guard found.transaction != transaction else { return }
                    salvage.tally.note(
                        Damage(.replayed, "the sealed head belongs to another commit"))
                } else if key.elementsEqual(AccessRecord.key) {
                    try salvage.takeAccess(sealed)
                } else {
                    salvage.tally.note(
                        Damage(.added, "the state table has an entry that nobody wrote"))
                }
            } catch {
                guard case .damaged(let what) = error else { throw error }
                salvage.tally.note(Damage(.changed, what))
            }
        }
        return head
    }

    private mutating func takeAccess(_ sealed: UnsafeRawBufferPointer) throws(StoreError) {
        let record = try target.cipher.openAccess(sealed)
        let digest = try target.digester.digest(ofSealed: sealed, at: AccessRecord.place) {
            "the access record"
        }
        access = record
        tally.takeAccess(number: record.number, digest: digest)
    }

    private mutating func readLeases() throws(StoreError) {
        try visit(RecordLog.leaseTableName) { (salvage, key, sealed) throws(StoreError) in
            let digest = LeaseRecord.id(key).flatMap {
                salvage.digest(sealed, at: RecordLog.place(of: $0))
            }
            salvage.tally.takeLease(digest: digest)
        }
    }

    private mutating func saveRecords(last: Int64) throws(StoreError) {
        let total = file.tables[RecordLog.logTableName]?.entries ?? 0
        var pages = file.leafPages(of: RecordLog.logTableName)[...]
        while !pages.isEmpty {
            // One commit for some pages: as many records as a copy takes in one.
            let part = pages.prefix(Self.pagesPerCommit)
            pages = pages.dropFirst(part.count)
            var transaction = try target.begin()
            for page in part { try savePage(page, last: last, into: &transaction) }
            try target.commit(transaction, isDurable: false)
            progress?(Int(saved), total)
        }
    }

    private static let pagesPerCommit = 128

    private mutating func savePage(
        _ page: FileCheck.LeafPage, last: Int64, into transaction: inout WriteTransaction
    ) throws(StoreError) {
        var damage: FileDamage?
        do throws(StoreError) {
            try file.visit(
                page,
                failure: { found in
                    damage = found
                    return StoreError(found)
                }
            ) { (key, sealed) throws(StoreError) in
                try save(key, sealed, last: last, into: &transaction)
            }
        } catch {
            guard let damage else { throw error }
            try note(damage)
        }
    }

    private mutating func save(
        _ key: UnsafeRawBufferPointer, _ sealed: UnsafeRawBufferPointer, last: Int64,
        into transaction: inout WriteTransaction
    ) throws(StoreError) {
        guard let place = LogKey(key) else {
            return tally.note(Damage(.added, "a record lies under no revision"))
        }
        guard place.main <= last else {
            return tally.note(
                Damage(
                    .added, revision: place.main, sub: place.sub,
                    "a record after the newest revision"))
        }
        let digest = digest(sealed, at: place.place)
        tally.takeRecord(place, digest: digest)
        guard let digest, isRecord(sealed, at: place) else { return }
        try target.append(sealed, under: key, in: target.log, to: &transaction)
        hash.add(digest)
        saved += 1
        newest = max(newest, place.main)
    }

    private func isRecord(_ sealed: UnsafeRawBufferPointer, at place: LogKey) -> Bool {
        let position = LogPosition(main: place.main, sub: place.sub)
        do throws(StoreError) {
            try target.cipher.withRecord(sealed, at: position) { _ throws(StoreError) in }
            return true
        } catch { return false }
    }

    private func digest(_ sealed: UnsafeRawBufferPointer, at place: RecordPlace) -> StateHash? {
        do throws(StoreError) {
            return try target.digester.digest(ofSealed: sealed, at: place) { "" }
        } catch { return nil }
    }

    private mutating func note(_ damage: FileDamage) throws(StoreError) {
        do throws(FileDamage) { try tolerance.note(damage) } catch { throw StoreError(error) }
    }

    private mutating func noteStructure() throws(StoreError) {
        let found = tolerance.damage
        for damage in found.listed { tally.note(Damage(.structure, "\(damage)")) }
        if found.more > 0 { tally.note(Damage(.structure, "\(found.more) more pages")) }
    }

    // MARK: - What is written

    /// Stands for a head that is lost: what lies before the newest revision may have been
    /// compacted, so it is not shown.
    private func lostHead() -> StoreHead {
        StoreHead(currentRevision: newest, compactRevision: newest, recordCount: saved)
    }

    private mutating func writeState(
        _ head: StoreHead, access: AccessRecord?
    ) throws(StoreError) {
        var head = head
        var transaction = try target.begin()
        head.unfinishedCompaction = 0
        head.recordCount = saved
        head.leaseCount = 0
        head.accessNumber = access?.number ?? 0
        // With as many alarms as there may be, one of them is of this kind or nobody is misled:
        // the status says that the store is read-only.
        _ = head.alarms.insert(Alarm(member: 0, kind: .corrupt))
        if let access { hash.add(try target.put(access, into: &transaction)) }
        head.stateHash = hash
        try target.put(head, into: &transaction)
        try target.commit(transaction, isDurable: false)
    }
}
