import RPC
import VaultAPI
import VaultStore

/// `etcdserverpb.Watch`.
final class WatchService: Sendable {
    private let vault: Vault

    init(vault: Vault) {
        self.vault = vault
    }

    var routes: [Route] {
        [.stream(Methods.Watch.watch.path) { self.watch($0) }]
    }

    private func watch(_ call: StreamCall) -> any StreamHandler {
        let open: OpenVault
        do throws(VaultError) {
            open = try vault.open()
        } catch {
            call.finish(StatusTable.status(of: error))
            return IgnoringHandler()
        }
        let responder = WatchResponder(call: call, header: open.header)
        do throws(StoreError) {
            return WatchCall(call: call, stream: try open.store.watch(responder))
        } catch {
            call.finish(vault.refusal(for: error))
            return IgnoringHandler()
        }
    }
}
