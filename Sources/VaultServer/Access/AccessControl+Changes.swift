import VaultAccess
import VaultStore

extension AccessControl {
    /// What a change came to.
    struct Outcome: Sendable {
        /// False when everything was as it should be already.
        var isChanged: Bool
        var book: AccessBook
        /// The store's, for the answer's header.
        var revision: Revision
    }

    /// Why a change was not made.
    enum Failure: Error {
        case access(AccessError)
        case store(StoreError)
    }

    /// Makes one change: durable first, then in force, then answered. `completion` runs on another
    /// thread. False when too many wait already; `completion` is not called then.
    func apply(
        _ change: AccessChange, in store: Store,
        completion: @escaping @Sendable (Result<Outcome, Failure>) -> Void
    ) -> Bool {
        changeThread.submit {
            completion(Result { () throws(Failure) in try self.applyNow(change, in: store) })
        }
    }

    private func applyNow(
        _ change: AccessChange, in store: Store
    ) throws(Failure) -> Outcome {
        guard var book else { throw .store(.closed) }
        let isChanged: Bool
        do throws(AccessError) {
            isChanged = try book.apply(change)
        } catch { throw .access(error) }
        guard isChanged else {
            return Outcome(isChanged: false, book: book, revision: store.revision)
        }
        do throws(StoreError) {
            _ = try store.write(.replaceAccess(book.encode()))
        } catch { throw .store(error) }
        publish(book, after: change)
        return Outcome(isChanged: true, book: book, revision: store.revision)
    }
}
