import NIOCore
import RPC
import VaultAPI
import VaultStore

/// `v3lockpb.Lock`: a lock by name, held by a key that lives as long as its lease.
final class LockService: Sendable {
    private let gate: ServerGate
    private var vault: Vault { gate.vault }
    private let reads: LongReads
    private let recipes: Recipes

    init(gate: ServerGate, reads: LongReads, recipes: Recipes) {
        self.gate = gate
        self.reads = reads
        self.recipes = recipes
    }

    var routes: [Route] {
        [
            .unary(Methods.Lock.lock.path) { self.lock($0, $1) },
            .unary(Methods.Lock.unlock.path) { self.unlock($0, $1) },
        ]
    }

    private func lock(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: V3lockpb_LockRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            let (vault, reads, user) = (vault, reads, call.peer.userID)
            let record = call.record
            guard record.allowsQueue(Bytes(request.name)) else { return record.refuse() }
            guard message.readableBytes <= Limits.writeRequestBytesMax else {
                return .failure(StatusTable.requestTooLarge)
            }
            let rights = QueueRights(call, gate: gate)
            return recipes.run(call) { () async throws(Status) in
                let session = try StoreSession(vault: vault, reads: reads, user: user)
                try record.require(LeaseID(request.lease), in: session)
                return try await Self.lock(request, in: session, by: rights)
            }
        }
    }

    private static func lock(
        _ request: V3lockpb_LockRequest, in session: StoreSession, by rights: QueueRights
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

    private func unlock(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: V3lockpb_UnlockRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            let (vault, reads, user) = (vault, reads, call.peer.userID)
            let record = call.record
            guard record.allowsPlace(Bytes(request.key)) else { return record.refuse() }
            return recipes.run(call) { () async throws(Status) in
                let session = try StoreSession(vault: vault, reads: reads, user: user)
                let delete = DeleteOperation(range: KeyRange(key: Bytes(request.key)))
                guard case .delete(let result) = try await session.write(.delete(delete)) else {
                    throw Status(.internal, "vaultd: a deletion was answered as something else")
                }
                var response = V3lockpb_UnlockResponse()
                response.header = session.open.header.message(revision: result.revision)
                return Answer.unary(response)
            }
        }
    }
}
