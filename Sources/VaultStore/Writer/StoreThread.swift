import CLinux
import Glibc

/// A thread of the operating system, joined once.
///
/// SAFETY: `handle` is written once, before anyone else can see the object.
package final class StoreThread: @unchecked Sendable {
    private final class Body {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    private var handle = pthread_t()

    /// Starts `body` on a thread that tools show as `name` (at most 15 characters).
    package init(name: String, _ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(Body(name: name, run: body))
        let result = pthread_create(
            &handle, nil,
            { raw in
                guard let raw else { return nil }
                let body = Unmanaged<Body>.fromOpaque(raw).takeRetainedValue()
                StoreThread.setName(body.name)
                body.run()
                return nil
            }, context.toOpaque())
        precondition(result == 0, "a thread could not be started")
    }

    private static func setName(_ name: String) {
        // Not through /proc: a confined process may not write there.
        _ = vault_name_thread(name)
    }

    /// Lets others run for a moment.
    static func pause() { usleep(500) }

    /// Waits for its end.
    package func join() {
        pthread_join(handle, nil)
    }
}
