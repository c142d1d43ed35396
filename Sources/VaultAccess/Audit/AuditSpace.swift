/// How far the file's space is allocated ahead of its end, and when to ask for more: the rules,
/// without files.
///
///     |---- written ----|-- batch --|----- reserve -----|----- another reserve -----|
///                                                       ^ asked for when less is left
struct AuditSpace {
    let reserveBytes: Int64
    /// Where the allocated space ends.
    private(set) var allocated: Int64 = 0
    /// The file system cannot preallocate: zeros in a file of their own are the reserve.
    var usesReserveFile = false

    init(reserveBytes: Int) {
        self.reserveBytes = Int64(reserveBytes)
    }

    /// What to allocate before `count` bytes go to the end of a file of `size` bytes; nil when
    /// there is enough.
    func missing(size: Int64, adding count: Int) -> Range<Int64>? {
        let needed = size + Int64(count) + reserveBytes
        guard !usesReserveFile, needed > allocated else { return nil }
        return max(allocated, size)..<(needed + reserveBytes)
    }

    /// Whether `count` bytes fit into what is allocated, reserve included.
    func holds(size: Int64, adding count: Int) -> Bool {
        usesReserveFile || size + Int64(count) <= allocated
    }

    mutating func grow(to end: Int64) { allocated = end }

    /// For a new file.
    mutating func reset() { allocated = 0 }
}
