import Synchronization

@testable import VaultStore

/// Makes one of the next commits fail.
final class CommitFault: Sendable {
    private let pending = Mutex<(error: StoreError, left: Int)?>(nil)

    /// `after`: commits that succeed before.
    func fail(_ error: StoreError, after: Int) { pending.withLock { $0 = (error, after) } }

    var isSpent: Bool { pending.withLock { $0 == nil } }

    func take() -> StoreError? {
        pending.withLock { pending in
            guard let (error, left) = pending else { return nil }
            pending = left > 0 ? (error, left - 1) : nil
            return left > 0 ? nil : error
        }
    }
}
