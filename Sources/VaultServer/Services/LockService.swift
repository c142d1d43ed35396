import NIOCore
import RPC
import VaultAPI
import VaultStore

/// `v3lockpb.Lock`: a lock by name, held by a key that lives as long as its lease.
final class LockService: Sendable {
    private let calls: RecipeCalls

    init(_ calls: RecipeCalls) {
        self.calls = calls
    }

    var routes: [Route] {
        [
            .unary(Methods.Lock.lock.path) {
                let rights = QueueRights($0, gate: self.calls.gate)
                return self.calls.run($0, $1) { (request, session) async throws(Status) in
                    try await Self.lock(request, session, rights)
                } allowing: {
                    $1.allowsQueue(Bytes($0.name))
                } lease: {
                    $0.lease
                }
            },
            .unary(Methods.Lock.unlock.path) {
                self.calls.run($0, $1, Self.unlock) { $1.allowsPlace(Bytes($0.key)) }
            },
        ]
    }

    private static func lock(
        _ request: V3lockpb_LockRequest, _ session: StoreSession, _ rights: QueueRights
    ) async throws(Status) -> UnaryAnswer {
        let lease = try await RecipeLease(LeaseID(request.lease), in: session)
        do throws(Status) {
            let (place, _) = try await QueuePlace.take(
                Bytes(request.name), value: [], lease: lease.id, in: session)
            do throws(Status) {
                let revision = try await place.waitForTurn(in: session, by: rights)
                lease.handOver()
                var writer = WireWriter()
                session.open.header.write(revision: revision.rawValue, to: &writer)
                writer.bytes(2, place.key)
                return .message(writer.buffer)
            } catch {
                _ = try await place.leave(in: session)
                throw error
            }
        } catch {
            await lease.giveUp(in: session)
            throw error
        }
    }

    @Sendable private static func unlock(
        _ request: V3lockpb_UnlockRequest, _ session: StoreSession
    ) async throws(Status) -> UnaryAnswer {
        let delete = DeleteOperation(range: KeyRange(key: Bytes(request.key)))
        guard case .delete(let result) = try await session.write(.delete(delete)) else {
            throw Status(.internal, "vaultd: a deletion was answered as something else")
        }
        var response = V3lockpb_UnlockResponse()
        response.header = session.open.header.message(revision: result.revision)
        return Answer.unary(response)
    }
}
