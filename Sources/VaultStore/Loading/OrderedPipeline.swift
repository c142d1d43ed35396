#if canImport(Glibc)
    import Glibc
#endif

/// Produces numbered results on several threads and hands them out in order, with a bounded number
/// of finished ones waiting.
///
/// SAFETY: everything mutable is touched only under `mutex`.
package final class OrderedPipeline<Output: Sendable>: @unchecked Sendable {
    private let count: Int
    private let window: Int
    private let produce: @Sendable (Int) -> Output
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var nextToProduce = 0
    private var nextToTake = 0
    private var finished: [Int: Output] = [:]
    private var isCancelled = false
    private var threads: [StoreThread] = []

    /// Starts the threads. Every pipeline must be ended by `finish`.
    ///
    /// - Parameters:
    ///   - window: results that may be in the making or wait to be taken.
    ///   - name: what tools show the threads as, at most 15 characters.
    package init(
        count: Int, window: Int, threads: Int, name: String = "store-scan",
        produce: @escaping @Sendable (Int) -> Output
    ) {
        self.count = count
        self.window = window
        self.produce = produce
        mutex = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        let made = pthread_mutex_init(mutex, nil) + pthread_cond_init(changed, nil)
        precondition(made == 0, "a mutex could not be made")
        for _ in 0..<min(threads, count) {
            self.threads.append(StoreThread(name: name) { [self] in run() })
        }
    }

    /// Every thread must have been joined by `finish`.
    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    private func run() {
        while let number = claim() {
            let output = produce(number)
            pthread_mutex_lock(mutex)
            finished[number] = output
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(mutex)
        }
    }

    private func claim() -> Int? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isCancelled && nextToProduce < count && nextToProduce >= nextToTake + window {
            pthread_cond_wait(changed, mutex)
        }
        guard !isCancelled, nextToProduce < count else { return nil }
        defer { nextToProduce += 1 }
        return nextToProduce
    }

    /// The next result in order; nil after the last.
    package func next() -> Output? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard nextToTake < count else { return nil }
        while true {
            if let output = finished.removeValue(forKey: nextToTake) {
                nextToTake += 1
                pthread_cond_broadcast(changed)
                return output
            }
            pthread_cond_wait(changed, mutex)
        }
    }

    /// Ends the threads, whether everything was taken or not.
    package func finish() {
        pthread_mutex_lock(mutex)
        isCancelled = true
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
        for thread in threads { thread.join() }
        threads = []
    }
}
