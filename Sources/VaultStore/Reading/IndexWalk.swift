/// A walk over the keys of a range at one revision, which can pause and go on later.
struct IndexWalk {
    /// Where to go on.
    private var cursor: Bytes
    private let range: KeyRange
    private let revision: Int64
    private(set) var isFinished = false

    init(_ range: KeyRange, at revision: Revision) {
        cursor = range.key
        self.range = range
        self.revision = revision.rawValue
    }

    /// Looks at up to `entriesMax` entries and hands over the position of each that exists at the
    /// revision, until `take` returns false.
    mutating func advance(
        _ index: borrowing KeyIndex, entriesMax: Int, _ take: (LogPosition) -> Bool
    ) {
        let revision = revision
        if range.isSingleKey {
            isFinished = true
            cursor.withUnsafeBytes { key in
                if let found = index.find(key)?.position(at: revision), !found.isTombstone {
                    _ = take(found)
                }
            }
            return
        }
        var left = entriesMax
        var stoppedAt: IndexEntry?
        var wantsMore = true
        let isUnbounded = range.isUnbounded
        range.rangeEnd.withUnsafeBytes { end in
            cursor.withUnsafeBytes { start in
                _ = index.visit(from: start) { entry in
                    if !isUnbounded && compareKeys(entry.key, end) >= 0 { return false }
                    if left == 0 || !wantsMore {
                        stoppedAt = entry
                        return false
                    }
                    left -= 1
                    if let position = entry.position(at: revision), !position.isTombstone {
                        wantsMore = take(position)
                    }
                    return true
                }
            }
        }
        if let stoppedAt, wantsMore {
            cursor = Bytes(stoppedAt.key)
        } else {
            isFinished = true
        }
    }
}

extension KeyIndex {
    /// Live keys of a range, by two descents.
    func liveCount(in range: KeyRange) -> Int64 {
        range.key.withUnsafeBytes { start in
            if range.isSingleKey { return find(start)?.isLive == true ? 1 : 0 }
            let below = rank(start)
            if range.isUnbounded { return Int64(liveCount - below) }
            return range.rangeEnd.withUnsafeBytes { end in Int64(max(0, rank(end) - below)) }
        }
    }
}
