import Synchronization

@testable import VaultStore

/// Makes one of the next commits fail, or every one from there on.
final class CommitFault: Sendable {
    private struct Pending {
        var error: StoreError
        /// Commits that succeed before.
        var left: Int
        var stays: Bool
        var wasMet = false
    }

    private let pending = Mutex<Pending?>(nil)

    /// `after`: commits that succeed before.
    func fail(_ error: StoreError, after: Int) {
        pending.withLock { $0 = Pending(error: error, left: after, stays: false) }
    }

    /// The disk is full after as many more commits, until `makeRoom`.
    func fillDisk(after: Int) {
        pending.withLock { $0 = Pending(error: .diskFull, left: after, stays: true) }
    }

    func makeRoom() { pending.withLock { $0 = nil } }

    var isSpent: Bool { pending.withLock { $0 == nil } }

    /// A commit has found the disk full.
    var isDiskFull: Bool { pending.withLock { $0?.wasMet == true } }

    func take() -> StoreError? {
        pending.withLock { pending in
            guard let fault = pending else { return nil }
            if fault.left > 0 {
                pending?.left -= 1
                return nil
            }
            if fault.stays { pending?.wasMet = true } else { pending = nil }
            return fault.error
        }
    }
}
