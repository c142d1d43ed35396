#if canImport(Glibc)
    import Glibc
#endif

/// The time of day, in milliseconds since 1970, which may jump.
public struct WallClock: Sendable {
    /// Milliseconds since 1970.
    public let now: @Sendable () -> Int64

    /// A clock of one's own, for tests.
    public init(_ now: @escaping @Sendable () -> Int64) {
        self.now = now
    }

    /// The machine's.
    public static let system = WallClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
