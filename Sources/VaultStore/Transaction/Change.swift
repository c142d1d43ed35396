/// The revision that a request is about to create, and how much of it there is so far.
final class Change {
    let main: Int64
    private(set) var count: UInt32 = 0

    init(main: Int64) {
        self.main = main
    }

    /// The position of the next change of this revision.
    func next(isTombstone: Bool) -> LogPosition {
        defer { count += 1 }
        return LogPosition(main: main, sub: count, isTombstone: isTombstone)
    }

    /// What an answer names as its revision: the new one once something has changed.
    var revision: Revision { Revision(count > 0 ? main : main - 1) }
}
