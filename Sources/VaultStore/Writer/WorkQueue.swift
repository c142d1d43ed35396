#if canImport(Glibc)
    import Glibc
#endif

/// A bounded queue from many threads to one, which takes all that waits at once.
///
/// SAFETY: `elements`, `isClosed` and `wasNudged` are touched only under `mutex`.
final class WorkQueue<Element: Sendable>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let filled: UnsafeMutablePointer<pthread_cond_t>
    private let capacity: Int
    private var elements: [Element] = []
    private var isClosed = false
    private var wasNudged = false
    private var isWaiting = false

    enum Refusal: Error {
        case full, closed
    }

    init(capacity: Int) {
        self.capacity = capacity
        mutex = .allocate(capacity: 1)
        filled = .allocate(capacity: 1)
        let made = pthread_mutex_init(mutex, nil) + pthread_cond_init(filled, nil)
        precondition(made == 0, "a mutex could not be made")
    }

    deinit {
        pthread_cond_destroy(filled)
        pthread_mutex_destroy(mutex)
        filled.deallocate()
        mutex.deallocate()
    }

    private func locked<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    func append(_ element: Element) throws(Refusal) {
        let wakes = try locked { () throws(Refusal) in
            if isClosed { throw .closed }
            if elements.count >= capacity { throw .full }
            elements.append(element)
            return isWaiting
        }
        // After the lock is free: whoever wakes would only wait for it.
        if wakes { pthread_cond_signal(filled) }
    }

    /// Makes a waiting `takeAll` return, if only with nothing.
    func nudge() {
        locked {
            wasNudged = true
            pthread_cond_signal(filled)
        }
    }

    /// After this nothing is accepted; what is queued is still handed out.
    func close() {
        locked {
            isClosed = true
            pthread_cond_signal(filled)
        }
    }

    /// Everything queued, in order. Waits for something when `waits`; nil when the queue is closed
    /// and empty.
    func takeAll(waits: Bool) -> [Element]? {
        locked {
            while waits && elements.isEmpty && !isClosed && !wasNudged {
                isWaiting = true
                pthread_cond_wait(filled, mutex)
                isWaiting = false
            }
            wasNudged = false
            if elements.isEmpty && isClosed { return nil }
            var taken: [Element] = []
            taken.reserveCapacity(elements.count)
            swap(&taken, &elements)
            return taken
        }
    }
}
