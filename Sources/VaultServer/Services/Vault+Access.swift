import NIOCore
import RPC
import VaultAccess
import VaultStore

extension Vault {
    /// Changes the rules and answers `call` with what `body` makes of it, once they are in force.
    func change(
        _ change: AccessChange, for call: UnaryCall,
        _ body:
            @escaping @Sendable (AccessControl.Outcome, ResponseHeader) -> Result<
                ByteBuffer, Status
            >
    ) -> UnaryAnswer {
        let record = call.record
        record.namesRange(of: change)
        let open: OpenVault
        do throws(VaultError) {
            open = try self.open()
        } catch {
            return .failure(StatusTable.status(of: error))
        }
        let isAccepted = access.apply(change, in: open.store) { result in
            switch result {
            case .success(let outcome):
                record.target = change.target
                call.finish(body(outcome, open.header))
            case .failure(.access(let error)): call.finish(StatusTable.status(of: error))
            case .failure(.store(let error)): call.finish(self.refusal(for: error))
            }
        }
        return isAccepted ? .later : .failure(StatusTable.tooManyRequests)
    }
}
