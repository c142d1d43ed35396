/// Where a record stands in the log.
struct ArchivePlace: Comparable {
    var main: Int64
    var sub: UInt32

    static func < (left: ArchivePlace, right: ArchivePlace) -> Bool {
        (left.main, left.sub) < (right.main, right.sub)
    }
}
