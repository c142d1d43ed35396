import NIOCore
import RPC

/// Runs calls that take several steps.
enum Recipe {
    /// Answers `call` with what `body` returns. `body` is cancelled when the client gives up.
    static func run(
        _ call: UnaryCall, _ body: @escaping @Sendable () async throws(Status) -> UnaryAnswer
    ) -> UnaryAnswer {
        let task = Task {
            do throws(Status) {
                switch try await body() {
                case .message(let message): call.finish(message)
                case .failure(let status): call.finish(status)
                case .later: break
                }
            } catch {
                call.finish(error)
            }
        }
        call.onCancel { task.cancel() }
        return .later
    }
}
