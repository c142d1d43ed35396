import Glibc

/// A thread for tests of what many threads do at once.
public final class TestThread: @unchecked Sendable {
    // SAFETY: `handle` is written once, before the initialiser returns.
    private var handle = pthread_t()

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts `body`.
    public init(_ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(Body(body))
        let result = pthread_create(
            &handle, nil,
            { raw in
                guard let raw else { return nil }
                Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        precondition(result == 0, "a thread could not be started")
    }

    public func join() {
        pthread_join(handle, nil)
    }
}
