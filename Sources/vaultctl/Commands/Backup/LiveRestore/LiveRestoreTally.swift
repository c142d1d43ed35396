/// What a restore into a running vault came to.
struct LiveRestoreTally: Equatable {
    var created: Int64 = 0
    var changed: Int64 = 0
    var deleted: Int64 = 0
    /// Keys that somebody else changed meanwhile, and that were left alone.
    var conflicts: Set<[UInt8]> = []
    /// Keys that hung on a lease that is over.
    var withoutLease: Int64 = 0
    /// The revisions that it made; 0 when none.
    var firstRevision: Int64 = 0
    var lastRevision: Int64 = 0

    var written: Int64 { created + changed + deleted }
}
