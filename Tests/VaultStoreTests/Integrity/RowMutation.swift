import VaultTestSupport

@testable import VaultStore

/// What somebody who can write to the disk, and has no key, may do to the rows of a store.
enum RowMutation: CaseIterable {
    case flipsABit
    case cutsARecord
    case removesARecord
    case putsARecordUnderAnotherKey
    case swapsTwoRecords
    case putsBackWhatWasRemoved
    case putsBackOneAndRemovesAnother
    case takesARecordOfAnotherHistory
    case takesALeaseOfAnotherTime
    case swapsLeases
    case takesOldRules
    case removesTheRules
    case takesAnOldHead
    case takesOldRecordsWithTheNewHead

    /// Changes the rows; leaves them alone when there is nothing to do it to.
    func apply(
        to rows: inout StoredRows, kept: [StoredRows], _ random: inout SeededRandom
    ) {
        let earlier = random.pick(kept)
        let keys = rows.log.keys.sorted { $0.lexicographicallyPrecedes($1) }
        let (one, other) = (random.pick(keys), random.pick(keys))
        let gone = earlier.log.filter { rows.log[$0.key] == nil }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
        switch self {
        case .flipsABit:
            let bytes = rows.log[one] ?? []
            let place = Int.random(in: 0..<bytes.count, using: &random)
            rows.log[one]?[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case .cutsARecord:
            rows.log[one]?.removeLast(Int.random(in: 1...64, using: &random))
        case .removesARecord: rows.log[one] = nil
        case .putsARecordUnderAnotherKey: rows.log[other] = rows.log[one]
        case .swapsTwoRecords:
            (rows.log[one], rows.log[other]) = (rows.log[other], rows.log[one])
        case .putsBackWhatWasRemoved:
            if !gone.isEmpty { Self.putBack(random.pick(gone), &rows) }
        case .putsBackOneAndRemovesAnother:
            guard !gone.isEmpty else { return }
            rows.log[one] = nil
            Self.putBack(random.pick(gone), &rows)
        case .takesARecordOfAnotherHistory:
            let differing = kept.flatMap(\.log).filter {
                rows.log[$0.key] != nil && rows.log[$0.key] != $0.value
            }.sorted { ($0.key + $0.value).lexicographicallyPrecedes($1.key + $1.value) }
            if !differing.isEmpty { Self.putBack(random.pick(differing), &rows) }
        case .takesALeaseOfAnotherTime, .swapsLeases, .takesOldRules, .removesTheRules,
            .takesAnOldHead, .takesOldRecordsWithTheNewHead:
            changeTables(&rows, earlier, &random)
        }
    }

    private func changeTables(
        _ rows: inout StoredRows, _ earlier: StoredRows, _ random: inout SeededRandom
    ) {
        switch self {
        case .takesALeaseOfAnotherTime:
            let differing = earlier.leases.filter {
                rows.leases[$0.key] != nil && rows.leases[$0.key] != $0.value
            }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            if !differing.isEmpty {
                let lease = random.pick(differing)
                rows.leases[lease.key] = lease.value
            }
        case .swapsLeases: rows.leases = earlier.leases
        case .takesOldRules: rows.state[AccessRecord.key] = earlier.state[AccessRecord.key]
        case .removesTheRules: rows.state[AccessRecord.key] = nil
        case .takesAnOldHead:
            rows.state[RecordLog.headKey] = earlier.state[RecordLog.headKey]
            rows.transaction = earlier.transaction
        default: rows.log = earlier.log
        }
    }

    private static func putBack(_ record: (key: Bytes, value: Bytes), _ rows: inout StoredRows) {
        rows.log[record.key] = record.value
    }
}
