/// How much watching there may be.
struct WatchLimits {
    /// Watchers in all. Each costs about half a kilobyte.
    var watchersMax = Limits.watchersMax
    /// Watchers of one stream.
    var watchersPerStreamMax = Limits.watchersPerStreamMax
    /// Bytes of the keys and range ends that are watched.
    var rangeBytesMax = Limits.watchRangeBytesMax
}
