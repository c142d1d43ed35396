import NIOCore
import RPC
import VaultAPI

/// One call of `Verify`: one request, then progress until the last record. Lives on its
/// connection's event loop.
final class VerifyCall: StreamHandler {
    private let call: StreamCall
    private let service: IntegrityService
    private var turns: VerifyTurns?
    private var hasStarted = false

    init(call: StreamCall, service: IntegrityService) {
        self.call = call
        self.service = service
    }

    func received(_ message: ByteBuffer) {
        guard !hasStarted else { return }
        hasStarted = true
        switch Answer.decoded(message, as: Vault_V1_VerifyRequest.self) {
        case .failure(let status): call.finish(status)
        case .success: turns = service.verify(call)
        }
    }

    func halfClosed() {
        guard !hasStarted else { return }
        hasStarted = true
        call.finish(Status(.invalidArgument, "vaultd: a request is missing"))
    }

    func cancelled() { turns?.cancel() }

    func writable() {}

    func draining() {
        cancelled()
        call.finish(StatusTable.stopping)
    }
}
