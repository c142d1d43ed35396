import RPC
import VaultAPI
import VaultStore

/// `etcdserverpb.Watch`.
final class WatchService: Sendable {
    private let gate: ServerGate

    init(gate: ServerGate) {
        self.gate = gate
    }

    var routes: [Route] {
        [.stream(Methods.Watch.watch.path) { self.watch($0) }]
    }

    private func watch(_ call: StreamCall) -> any StreamHandler {
        let open: OpenVault
        do throws(VaultError) {
            open = try gate.vault.open()
        } catch {
            gate.end(call, StatusTable.status(of: error))
            return IgnoringHandler()
        }
        return WatchCall(call: call, gate: gate, open: open) ?? IgnoringHandler()
    }
}
