import VaultSeal

/// Gathers what a walk over all tables finds, and holds it against the head at the end.
struct DamageTally {
    private(set) var hash = StateHash.zero
    private(set) var records: UInt64 = 0
    private(set) var leases: UInt64 = 0
    private var accessNumber: UInt64 = 0
    private(set) var damage = DamageList()
    private var sequence: SequenceCheck

    private let gaps: RevisionGaps

    init(floor: Revision, gaps: RevisionGaps) {
        self.gaps = gaps
        sequence = SequenceCheck(floor: floor.rawValue, gaps: gaps)
    }

    /// Before the first record.
    mutating func setFloor(_ floor: Revision) {
        sequence = SequenceCheck(floor: floor.rawValue, gaps: gaps)
    }

    /// A record of the log, in order; `digest` is nil when it does not verify.
    mutating func takeRecord(_ key: LogKey, digest: StateHash?) {
        sequence.take(main: key.main, sub: key.sub)
        guard let digest else {
            damage.note(
                Damage(.changed, revision: key.main, sub: key.sub, "the record does not verify"))
            return
        }
        records += 1
        hash.add(digest)
    }

    mutating func takeLease(digest: StateHash?) {
        guard let digest else { return note(Damage(.changed, "a lease does not verify")) }
        leases += 1
        hash.add(digest)
    }

    mutating func takeAccess(number: UInt64, digest: StateHash) {
        accessNumber = number
        hash.add(digest)
    }

    mutating func note(_ damage: Damage) { self.damage.note(damage) }

    /// The access record is the one that was written last.
    func isAccessCurrent(_ head: StoreHead) -> Bool { accessNumber == head.accessNumber }

    /// Everything was seen.
    mutating func finish(against head: StoreHead) -> DamageReport {
        let matches =
            (head.stateHash == nil || head.stateHash == hash) && records == head.recordCount
            && leases == head.leaseCount && isAccessCurrent(head)
        if !matches { explain(head) }
        return DamageReport(
            revision: Revision(head.currentRevision), records: records, stateHashMatches: matches,
            damage: damage)
    }

    /// Names what is not there, and says something in any case.
    private mutating func explain(_ head: StoreHead) {
        if !isAccessCurrent(head) {
            note(Damage(.replayed, "the access rules are not the ones that were written last"))
        }
        if leases != head.leaseCount {
            note(
                Damage(
                    leases < head.leaseCount ? .missing : .added,
                    "there are \(leases) leases, \(head.leaseCount) were written"))
        }
        sequence.finish(current: head.currentRevision)
        damage.note(sequence.missing)
        let unexplained = head.recordCount &- records
        if records < head.recordCount, damage.count < unexplained {
            note(
                Damage(
                    .missing, "\(records) records verify, \(head.recordCount) were written"))
        } else if records > head.recordCount {
            note(
                Damage(.added, "\(records) records verify, \(head.recordCount) were written"))
        } else if damage.isEmpty {
            note(
                Damage(
                    .replayed, "some of the \(records) records are not those that were written"))
        }
    }
}
