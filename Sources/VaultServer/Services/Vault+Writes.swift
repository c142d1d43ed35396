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
        open.store.submit(request) { result in
            switch result {
            case .success(let result):
                call.finish(ResponseEncoding.write(result, header: open.header))
            case .failure(let error): call.finish(self.refusal(for: error))
            }
        }
        return .later
    }
}
