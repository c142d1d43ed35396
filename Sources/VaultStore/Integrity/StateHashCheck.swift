import VaultSeal

/// What is said when every record verifies and they are still not those that were written.
enum StateHashCheck {
    /// Holds what the records add up to against what the head says. A head of before there was a
    /// hash says nothing.
    static func check(
        _ found: StateHash, against head: StoreHead, missing: DamageList
    ) throws(StoreError) {
        guard let written = head.stateHash, written != found else { return }
        throw .damaged(mismatch(records: head.recordCount, missing: missing))
    }

    static func mismatch(records: UInt64, missing: DamageList = DamageList()) -> String {
        "the \(records) records do not add up to what was written" + naming(missing)
    }

    /// What is missing, as an addition to a text; nothing when that cannot be told.
    static func naming(_ missing: DamageList) -> String {
        guard let first = missing.items.first else { return "" }
        return ": \(missing.count) missing, the first at revision \(first.revision).\(first.sub)"
    }
}
