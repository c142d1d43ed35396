import VaultAPI
import VaultBackup
import VaultClient

/// Writes changes of keys to a vault, as many as fit at a time, and says which were kept back
/// because somebody else was there first.
struct GuardedWriter {
    private let vault: VaultConnection
    private let leavesConflictsAlone: Bool
    private var transaction = GuardedTransaction()
    private var hasLease: [Int64: Bool] = [:]
    private(set) var tally = LiveRestoreTally()

    /// - Parameter leavesConflictsAlone: whether the other changes of a transaction are made when
    ///   somebody has changed one of its keys; otherwise that fails, and none of them is.
    init(_ vault: VaultConnection, leavesConflictsAlone: Bool = true) {
        self.vault = vault
        self.leavesConflictsAlone = leavesConflictsAlone
    }

    mutating func write(_ change: GuardedTransaction.Change) async throws {
        if !transaction.hasRoom(for: change) { try await flush() }
        transaction.add(change)
    }

    /// Writes what waits.
    mutating func flush() async throws {
        var mayLookAgain = true
        while !transaction.isEmpty {
            try await lookForLeases()
            let leases = hasLease
            let request = transaction.request { leases[$0] ?? false }
            do {
                let response = try await vault.transaction(request)
                if response.succeeded {
                    note(response.header.revision)
                    transaction = GuardedTransaction()
                } else {
                    let removed = transaction.removeChanged(response)
                    guard !removed.isEmpty else {
                        throw CommandFailure(
                            .failed, "the vault refused a transaction and found nothing changed",
                            nextStep: "try again")
                    }
                    guard leavesConflictsAlone else {
                        throw CommandFailure(
                            .failed,
                            "\(TerminalText.escaped(removed[0].difference.key)) was changed "
                                + "meanwhile, nothing was stored with it",
                            nextStep: "look with 'vaultctl get', and try again")
                    }
                    tally.conflicts.formUnion(removed.map(\.difference.key))
                }
            } catch let error as VaultClientError
                where error.category == .notFound && mayLookAgain
            {
                // A lease ended since it was looked for.
                mayLookAgain = false
                hasLease = [:]
            }
        }
    }

    private mutating func lookForLeases() async throws {
        for change in transaction.changes where change.value != nil {
            let lease = change.difference.lease
            guard lease != 0, hasLease[lease] == nil else { continue }
            var request = Etcdserverpb_LeaseTimeToLiveRequest()
            request.id = lease
            hasLease[lease] = try await vault.leaseTimeToLive(request).ttl >= 0
        }
    }

    private mutating func note(_ revision: Int64) {
        if tally.firstRevision == 0 { tally.firstRevision = revision }
        tally.lastRevision = revision
        for change in transaction.changes {
            switch change.difference.kind {
            case .missing: tally.created += 1
            case .changed: tally.changed += 1
            case .newer: tally.deleted += 1
            }
            let lease = change.difference.lease
            if change.value != nil, lease != 0, hasLease[lease] != true {
                tally.withoutLease += 1
            }
        }
    }
}
