import RPC
import VaultStore

/// The lease of a recipe: the client's own, or one that the server grants for it and keeps alive
/// while the call waits, as etcd does.
struct RecipeLease: Sendable {
    /// etcd's.
    static let timeToLive = Duration.seconds(60)

    let id: LeaseID
    private let isOwn: Bool
    private let keeper: Task<Void, Never>?

    init(_ asked: LeaseID, in session: StoreSession) async throws(Status) {
        guard asked == .none else {
            (id, isOwn, keeper) = (asked, false, nil)
            return
        }
        let result = try await session.write(.grantLease(.none, ttl: Self.timeToLive))
        guard case .leaseGranted(let grant) = result else {
            throw Status(.internal, "vaultd: a grant was answered as something else")
        }
        (id, isOwn) = (grant.id, true)
        let store = session.store
        keeper = Task {
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: Self.timeToLive / 3)
                    guard try store.keepAlive(grant.id) != nil else { return }
                } catch { return }
            }
        }
    }

    /// The call has succeeded: from now on the client keeps the lease alive, or it ends.
    func handOver() {
        keeper?.cancel()
    }

    /// The call has failed: nobody knows of a lease that the server granted.
    func giveUp(in session: StoreSession) async {
        keeper?.cancel()
        guard isOwn else { return }
        do throws(Status) {
            _ = try await session.write(.revokeLease(id))
        } catch {
            // It ends by itself.
        }
    }
}
