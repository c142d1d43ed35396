import Sodium

extension BackupError {
    /// What a failure of libsodium means: it can only be about memory or libsodium itself.
    static func memory(_ error: SodiumError) -> BackupError {
        .inconclusive("libsodium gave \(error); raise the limits of memory, then run it again")
    }

    /// Runs `body`, whose failures are of that kind.
    static func memory<R: ~Copyable>(
        _ body: () throws(SodiumError) -> R
    ) throws(BackupError) -> R {
        do throws(SodiumError) { return try body() } catch { throw .memory(error) }
    }
}
