import RPC
import VaultStore

extension Vault {
    /// Queues a write that answers `call` once it is durable.
    func submit(_ request: WriteRequest, for call: UnaryCall) -> UnaryAnswer {
        let open: OpenVault
        do throws(VaultError) {
            open = try self.open()
        } catch {
            return .failure(StatusTable.status(of: error))
        }
        return submit(request, to: open, for: call)
    }

    /// The same for who has looked whether the vault is open.
    func submit(_ request: WriteRequest, to open: OpenVault, for call: UnaryCall) -> UnaryAnswer {
        let (record, header) = (call.record, open.header)
        var hasRoom: (@Sendable () -> Bool)?
        if request.readsRecords { hasRoom = { call.hasRoom } }
        open.store.submit(request, in: Lane(call.peer.userID), hasRoom: hasRoom) { result in
            switch result {
            case .success(let result):
                record.revision = result.revision?.rawValue
                call.finish(ResponseEncoding.write(result, header: header))
            case .failure(let error): call.finish(self.refusal(for: error))
            }
        }
        return .later
    }
}

extension WriteRequest {
    /// The answer has records in it, which may be many.
    fileprivate var readsRecords: Bool {
        switch self {
        case .put(let put): put.wantsPrevious
        case .delete(let delete): delete.wantsPrevious
        case .transaction(let transaction): transaction.readsRecords
        default: false
        }
    }
}

extension Transaction {
    fileprivate var readsRecords: Bool {
        (success + failure).contains { operation in
            switch operation {
            case .range: true
            case .put(let put): put.wantsPrevious
            case .delete(let delete): delete.wantsPrevious
            case .transaction(let nested): nested.readsRecords
            case .missing: false
            }
        }
    }
}

extension WriteResult {
    /// The store's revision after the write; nil where none is told.
    fileprivate var revision: Revision? {
        switch self {
        case .put(let result): result.revision
        case .delete(let result): result.revision
        case .transaction(let result): result.revision
        case .leaseGranted(let result): result.revision
        case .alarm(let result): result.revision
        case .compact(let revision), .leaseRevoked(let revision), .accessReplaced(let revision),
            .keyringNoted(let revision), .auditNoted(let revision), .accepted(let revision),
            .backupNoted(let revision):
            revision
        case .destroyed(let result): result.revision
        case .tidy: nil
        }
    }
}
