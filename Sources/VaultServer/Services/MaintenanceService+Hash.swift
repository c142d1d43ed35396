import NIOCore
import RPC
import SwiftProtobuf
import Synchronization
import VaultAPI
import VaultStore

extension MaintenanceService {
    func hash(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        if case .failure(let status) = Answer.decoded(
            message, as: Etcdserverpb_HashRequest.self)
        {
            return .failure(status)
        }
        return takeTurns(
            call, { (store) throws(StoreError) in try store.hashOfEverything() }
        ) { span, value, header in
            var response = Etcdserverpb_HashResponse()
            response.header = header.message(revision: span.published)
            response.hash = value
            return Answer.encoded(response)
        }
    }

    func hashKV(_ call: UnaryCall, _ message: ByteBuffer) -> UnaryAnswer {
        switch Answer.decoded(message, as: Etcdserverpb_HashKVRequest.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            let revision = Revision(request.revision)
            return takeTurns(
                call, { (store) throws(StoreError) in try store.hash(upTo: revision) }
            ) { span, value, header in
                var response = Etcdserverpb_HashKVResponse()
                response.header = header.message(revision: span.published)
                response.hash = value
                response.compactRevision = span.compactRevision.rawValue
                response.hashRevision = span.revision.rawValue
                return Answer.encoded(response)
            }
        }
    }

    private func takeTurns(
        _ call: UnaryCall,
        _ start: @escaping @Sendable (Store) throws(StoreError) -> KeyValueHash,
        _ answer:
            @escaping @Sendable (KeyValueHash, UInt32, ResponseHeader) -> Result<ByteBuffer, Status>
    ) -> UnaryAnswer {
        let open: OpenVault
        do throws(VaultError) { open = try vault.open() } catch {
            return .failure(StatusTable.status(of: error))
        }
        let turns = AnswerTurns(call: call, open: open, vault: vault) {
            (open) throws(StoreError) in
            SlicedHash(hash: try start(open.store)) { answer($0, $1, open.header) }
        }
        let isAccepted = reads.submit(user: call.peer.userID) { turns.turn() }
        return isAccepted ? .later : .failure(StatusTable.tooManyRequests)
    }
}
