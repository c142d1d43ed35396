import RPC
import VaultStore

/// What locks and elections need: they are keys like any others.
extension CallRecord {
    /// Standing in the queue of that name: seeing everybody in it, and taking a place.
    func allowsQueue(_ name: Bytes) -> Bool {
        let range = QueuePlace.range(of: name)
        names(range)
        return rights.allowsRead(range) && rights.allowsWrite(range)
    }

    /// Seeing everybody in the queue of that name.
    func allowsLooking(at name: Bytes) -> Bool {
        let range = QueuePlace.range(of: name)
        names(range)
        return rights.allowsRead(range)
    }

    /// Changing a place, or giving it up, if it is still the same.
    func allowsPlace(_ key: Bytes) -> Bool {
        let range = KeyRange(key: key)
        names(range)
        return rights.allowsRead(range) && rights.allowsWrite(range)
    }

    /// A place hangs on a lease like any key: whoever may not write the others that hang there may
    /// not add one. No lease is nobody's.
    func require(_ lease: LeaseID, in session: StoreSession) throws(Status) {
        guard lease != .none else { return }
        let isAllowed: Bool
        do throws(StoreError) {
            isAllowed = try rights.allowsWrite(keysOf: lease, in: session.store)
        } catch {
            throw StatusTable.status(of: error)
        }
        guard isAllowed else {
            isRefused = true
            throw StatusTable.permissionDenied
        }
    }
}
