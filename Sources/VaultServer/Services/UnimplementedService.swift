import NIOCore
import RPC
import VaultAPI

/// Methods of the API that vaultd does not have yet: each answers by name.
enum UnimplementedService {
    static func routes(except implemented: Set<Method>) -> [Route] {
        Methods.all.filter { !implemented.contains($0) }.map { method in
            let status = Status(
                .unimplemented, "vaultd: \(method.service)/\(method.name) is not implemented")
            switch method.kind {
            case .unary:
                return .unary(method.path) { _, _ in .failure(status) }
            case .serverStream, .clientStream, .bidirectional:
                return .stream(method.path) { call in
                    call.finish(status)
                    return IgnoringHandler()
                }
            }
        }
    }
}

/// A stream that was refused; what still arrives is dropped.
final class IgnoringHandler: StreamHandler {
    func received(_ message: ByteBuffer) {}
    func halfClosed() {}
    func cancelled() {}
    func writable() {}
}
