/// Runs `body`, which blocks, on a thread of its own: the pool that runs async tests has few
/// threads, and what `body` waits for may need one of them.
public func onThread<R: Sendable>(
    _ body: @escaping @Sendable () throws -> R
) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
        _ = TestThread { continuation.resume(with: Result { try body() }) }
    }
}
