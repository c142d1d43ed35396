import CSodium

/// The one door to libsodium. Everything else in this module goes through `initialize` first.
public enum Sodium {
    /// Starts libsodium, once for the process; later calls return at once. Safe from any thread.
    ///
    /// Call it early in `main`, so that a machine on which libsodium cannot start is found then.
    public static func initialize() throws(SodiumError) {
        // `sodium_init` says 0 the first time, 1 afterwards and -1 when it cannot start.
        guard sodium_init() >= 0 else { throw .unavailable }
    }
}
