import Glibc

/// Runs every body on a thread of its own, all at once, and waits for them. The task pool would
/// not do: bodies that wait for each other could fill it.
func onThreads(_ bodies: [@Sendable () -> Void]) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let threads = bodies.map { body -> pthread_t in
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body)).toOpaque()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, box)
        precondition(result == 0, "a thread can be made")
        return thread
    }
    for thread in threads { pthread_join(thread, nil) }
}
