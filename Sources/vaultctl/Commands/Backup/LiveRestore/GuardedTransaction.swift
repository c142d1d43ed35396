import FoundationEssentials
import VaultAPI
import VaultBackup

/// Changes of keys that are made together, and only while none of the keys has changed since it was
/// looked at.
struct GuardedTransaction {
    struct Change {
        let difference: KeyDifference
        /// nil deletes the key.
        let value: [UInt8]?
        /// Whether the key stays on the lease that it has, whichever that is.
        var keepsLease = false

        /// An upper bound of what it takes in a request: its key is in the comparison, the change
        /// and the question, each with a few numbers.
        var byteCount: Int { 3 * difference.key.count + (value?.count ?? 0) + 128 }
    }

    /// etcd's limit on comparisons and operations.
    static let changesMax = 128
    /// Far below the 1.5 MiB that a request may have; a change that is larger goes alone.
    static let bytesMax = 1 << 20

    private(set) var changes: [Change] = []
    private var byteCount = 0

    var isEmpty: Bool { changes.isEmpty }

    func hasRoom(for change: Change) -> Bool {
        isEmpty
            || (changes.count < Self.changesMax && byteCount + change.byteCount <= Self.bytesMax)
    }

    mutating func add(_ change: Change) {
        changes.append(change)
        byteCount += change.byteCount
    }

    /// - Parameter hasLease: whether a lease that a key hung on is there still.
    func request(hasLease: (Int64) -> Bool) -> Etcdserverpb_TxnRequest {
        var request = Etcdserverpb_TxnRequest()
        for change in changes {
            let key = Data(change.difference.key)
            var compare = Etcdserverpb_Compare()
            compare.key = key
            compare.target = .mod
            compare.result = .equal
            compare.modRevision = change.difference.liveRevision
            request.compare.append(compare)
            var operation = Etcdserverpb_RequestOp()
            if let value = change.value {
                operation.requestPut.key = key
                operation.requestPut.value = Data(value)
                let lease = change.difference.lease
                if lease != 0, hasLease(lease) { operation.requestPut.lease = lease }
                operation.requestPut.ignoreLease = change.keepsLease
            } else {
                operation.requestDeleteRange.key = key
            }
            request.success.append(operation)
            // Which key it was needs no asking when there is one.
            guard changes.count > 1 else { continue }
            var question = Etcdserverpb_RequestOp()
            question.requestRange.key = key
            question.requestRange.keysOnly = true
            request.failure.append(question)
        }
        return request
    }

    /// Takes out the changes whose keys a refused transaction found changed, and returns them.
    mutating func removeChanged(_ response: Etcdserverpb_TxnResponse) -> [Change] {
        guard changes.count > 1 else {
            defer { self = GuardedTransaction() }
            return changes
        }
        let now = response.responses.map { $0.responseRange.kvs.first?.modRevision ?? 0 }
        var removed: [Change] = []
        var kept = GuardedTransaction()
        for (index, change) in changes.enumerated() {
            if index < now.count, now[index] == change.difference.liveRevision {
                kept.add(change)
            } else {
                removed.append(change)
            }
        }
        self = kept
        return removed
    }
}
