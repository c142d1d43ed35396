import NIOCore
import RPC
import VaultAPI

/// One call of `Create`: one request, then an archive. Lives on its connection's event loop; the
/// archive is made on a thread of its own.
final class BackupCall: StreamHandler {
    private let call: StreamCall
    private let service: BackupService
    private let outlet: ArchiveOutlet
    private var hasStarted = false

    init(call: StreamCall, service: BackupService) {
        self.call = call
        self.service = service
        outlet = ArchiveOutlet(call)
    }

    func received(_ message: ByteBuffer) {
        guard !hasStarted else { return }
        hasStarted = true
        switch Answer.decoded(message, as: Vault_V1_CreateArchiveRequest.self) {
        case .failure(let status): call.finish(status)
        case .success(let request):
            service.create(request, call, outlet)
        }
    }

    func halfClosed() {
        guard !hasStarted else { return }
        hasStarted = true
        call.finish(Status(.invalidArgument, "vaultd: a request is missing"))
    }

    func cancelled() { outlet.cancel() }

    func writable() { outlet.writable() }
}
