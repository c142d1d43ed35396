/// A timeline and the revisions of the log that belong to it.
struct TimelineSpan: Equatable {
    /// No revision is above it: the last revision of the current timeline.
    static let unbounded = UInt64(Int64.max)

    var timeline: Timeline
    var firstRevision: UInt64
    var lastRevision: UInt64
    /// Seconds since 1970.
    var created: UInt64
}
