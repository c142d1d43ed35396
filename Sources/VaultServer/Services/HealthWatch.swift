import NIOCore
import RPC
import VaultAPI

/// One client that watches the health of one service. Lives on its connection's event loop.
final class HealthWatch: StreamHandler {
    private let call: StreamCall
    private let service: HealthService
    private var id: Int?

    init(call: StreamCall, service: HealthService) {
        self.call = call
        self.service = service
    }

    func received(_ message: ByteBuffer) {
        guard id == nil else { return }
        switch Answer.decoded(message, as: Grpc_Health_V1_HealthCheckRequest.self) {
        case .failure(let status): call.finish(status)
        case .success(let request):
            id = service.watch(request.service, call)
            if id == nil { call.finish(StatusTable.tooManyRequests) }
        }
    }

    /// Clients close their side after the one request; the watch goes on.
    func halfClosed() {}

    func cancelled() {
        if let id { service.unwatch(id) }
    }

    func writable() {}

    func draining() {
        cancelled()
        call.finish(StatusTable.stopping)
    }
}
