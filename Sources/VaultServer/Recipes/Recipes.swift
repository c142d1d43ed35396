import NIOCore
import RPC
import Synchronization

/// Runs calls that take several steps and may wait for other clients. Thread-safe.
final class Recipes: Sendable {
    private struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        var lastID = 0
        var isEnding = false
    }

    private let state = Mutex(State())

    /// Answers `call` with what `body` returns. `body` is cancelled when the client gives up and
    /// when the server ends.
    func run(
        _ call: UnaryCall, _ body: @escaping @Sendable () async throws(Status) -> UnaryAnswer
    ) -> UnaryAnswer {
        // Under the lock, so that a task that ends at once is remembered before it is forgotten.
        let task = state.withLock { state -> Task<Void, Never>? in
            guard !state.isEnding else { return nil }
            state.lastID += 1
            let id = state.lastID
            let task = Task { await self.run(id, call, body) }
            state.tasks[id] = task
            return task
        }
        guard let task else { return .failure(StatusTable.stopping) }
        call.onCancel { task.cancel() }
        return .later
    }

    private func run(
        _ id: Int, _ call: UnaryCall,
        _ body: @Sendable () async throws(Status) -> UnaryAnswer
    ) async {
        let answer: UnaryAnswer
        do throws(Status) {
            answer = try await body()
        } catch {
            answer = .failure(Task.isCancelled && isEnding ? StatusTable.stopping : error)
        }
        state.withLock { _ = $0.tasks.removeValue(forKey: id) }
        switch answer {
        case .message(let message): call.finish(message)
        case .failure(let status): call.finish(status)
        case .later: break
        }
    }

    private var isEnding: Bool { state.withLock { $0.isEnding } }

    /// The server ends: whoever waits for another client stops waiting, gives up what it took, and
    /// is told. Later calls are refused.
    func end() {
        let tasks = state.withLock { state in
            state.isEnding = true
            return state.tasks.values
        }
        for task in tasks { task.cancel() }
    }
}
