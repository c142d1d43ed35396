public import VaultAPI

/// How far a watch is, so that it can go on over another connection: nothing is seen twice, and
/// what cannot be seen any more is said.
public struct WatchPosition: Sendable {
    /// What an answer of the vault means to the watch.
    public enum Meaning: Sendable {
        /// The watcher exists, or it is told how far it is: there is nothing new.
        case nothing
        /// Whole revisions of changes, in order.
        case changes([Mvccpb_Event])
        /// Changes from `next` on were compacted away, up to `oldest`, which is still there.
        case compacted(oldest: Int64)
        /// The vault does not want to be watched like that.
        case refused(reason: String)
        /// This is not the vault that the watch began with: its revisions mean something else.
        case otherVault
        /// The vault is at `revision` and was later before: it was put back to an earlier state.
        case wentBack(revision: Int64)
    }

    /// The first revision that was not seen: the `start_revision` to go on with. 0 stands for
    /// whatever comes next, until the vault says what that is.
    public private(set) var next: Int64
    /// The vault's cluster id, once it answered.
    private var vault: UInt64?
    /// The last revision that the vault is known to have had. `next` may be later: a watch may be
    /// asked to begin in the future.
    private var newest: Int64 = 0

    /// - Parameter next: the first revision that is wanted; 0 for whatever comes next.
    public init(next: Int64 = 0) {
        self.next = next
    }

    /// Takes the next answer of a watcher that asked for `next`, without fragments.
    public mutating func take(_ answer: Etcdserverpb_WatchResponse) -> Meaning {
        let revision = answer.header.revision
        if let vault, vault != answer.header.clusterID { return .otherVault }
        if answer.compactRevision != 0 { return .compacted(oldest: answer.compactRevision) }
        if answer.canceled { return .refused(reason: answer.cancelReason) }
        if revision < newest { return .wentBack(revision: revision) }
        newest = revision
        vault = answer.header.clusterID
        if answer.created {
            if next == 0 { next = revision + 1 }
            return .nothing
        }
        if let last = answer.events.last {
            next = max(next, last.kv.modRevision + 1)
            return .changes(answer.events)
        }
        // Progress: everything up to here was seen.
        next = max(next, revision + 1)
        return .nothing
    }
}
