#if canImport(Glibc)
    import Glibc
#endif

/// The index under a lock that many readers share.
///
/// Every hold is short: a lookup, a slice of a walk, one change. The writer is preferred, so that a
/// stream of readers cannot hold up a commit.
///
/// SAFETY: `index` is touched only under `lock`, but for `writerView`: the writer is the only one
/// who changes the index, so it may read without the lock.
final class SharedIndex: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_rwlock_t>
    private var index = KeyIndex()

    init() {
        lock = .allocate(capacity: 1)
        var attributes = pthread_rwlockattr_t()
        pthread_rwlockattr_init(&attributes)
        pthread_rwlockattr_setkind_np(
            &attributes, Int32(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP))
        let result = pthread_rwlock_init(lock, &attributes)
        precondition(result == 0, "a read-write lock could not be made")
        pthread_rwlockattr_destroy(&attributes)
    }

    deinit {
        pthread_rwlock_destroy(lock)
        lock.deallocate()
    }

    /// Runs `body` while no one changes the index.
    func read<R, E: Error>(_ body: (borrowing KeyIndex) throws(E) -> R) throws(E) -> R {
        pthread_rwlock_rdlock(lock)
        defer { pthread_rwlock_unlock(lock) }
        return try body(index)
    }

    /// Runs `body` alone. Writer only.
    func change<R>(_ body: (inout KeyIndex) -> R) -> R {
        pthread_rwlock_wrlock(lock)
        defer { pthread_rwlock_unlock(lock) }
        return body(&index)
    }

    /// Reads without the lock. Writer only.
    func writerView<R, E: Error>(_ body: (borrowing KeyIndex) throws(E) -> R) throws(E) -> R {
        try body(index)
    }
}
