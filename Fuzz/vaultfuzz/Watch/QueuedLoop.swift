import Dispatch
import NIOCore
import Synchronization

/// An event loop that runs when it is told to, on the thread that tells it.
final class QueuedLoop: EventLoop, Sendable {
    private let tasks = Mutex<[@Sendable () -> Void]>([])

    var inEventLoop: Bool { true }

    func execute(_ task: @escaping @Sendable () -> Void) { tasks.withLock { $0.append(task) } }

    func run() {
        while true {
            let due = tasks.withLock { tasks in
                defer { tasks = [] }
                return tasks
            }
            if due.isEmpty { return }
            for task in due { task() }
        }
    }

    // Nothing here waits for a time.

    func scheduleTask<T>(
        deadline: NIODeadline, _ task: @escaping @Sendable () throws -> T
    ) -> Scheduled<T> { preconditionFailure("a stream has no clock") }

    func scheduleTask<T>(
        in time: TimeAmount, _ task: @escaping @Sendable () throws -> T
    ) -> Scheduled<T> { preconditionFailure("a stream has no clock") }

    func shutdownGracefully(
        queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void
    ) { callback(nil) }
}
