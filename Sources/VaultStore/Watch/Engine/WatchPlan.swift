/// The places of a range's changes, gathered from the index: all of `from ... upTo`, in order.
struct WatchPlan {
    let range: KeyRange
    private(set) var from: Int64
    let upTo: Int64
    /// From before the places were gathered.
    let mark: Destructions.Mark
    private(set) var positions: ArraySlice<LogPosition>
    /// Positions in memory, those passed over included.
    let gatheredCount: Int

    /// Gathers the first changes of `range` from `from` to `upTo`: `positionsMax` of them, and the
    /// rest of the last one's revision; or, when one revision has more, all of that revision.
    init(
        _ range: KeyRange, from: Int64, upTo: Int64, positionsMax: Int, index: SharedIndex,
        mark: Destructions.Mark
    ) {
        self.mark = mark
        self.range = range
        self.from = from
        var gathered = FirstPositions(countMax: positionsMax)
        Self.walk(range, index) { gathered.add($0, from: from, upTo: upTo) }
        guard let limit = gathered.limit else {
            self.upTo = upTo
            positions = gathered.sorted()[...]
            gatheredCount = positions.count
            return
        }
        // What comes at `limit` and after it did not all fit.
        if limit > from {
            self.upTo = limit - 1
        } else {
            self.upTo = limit
            gathered = FirstPositions(countMax: .max)
            Self.walk(range, index) { gathered.add($0, from: from, upTo: limit) }
        }
        let end = self.upTo
        positions = gathered.sorted().filter { $0.main <= end }[...]
        gatheredCount = positions.count
    }

    /// Passes over what lies before `revision`.
    mutating func drop(before revision: Int64) {
        from = max(from, revision)
        positions = positions.drop { $0.main < revision }
    }

    private static func walk(
        _ range: KeyRange, _ index: SharedIndex, _ body: (IndexEntry) -> Void
    ) {
        if range.isSingleKey {
            index.read { index in
                range.key.withUnsafeBytes { key in
                    if let entry = index.find(key) { body(entry) }
                }
            }
            return
        }
        var cursor: Bytes? = range.key
        while let start = cursor {
            cursor = nil
            index.read { index in
                var left = Limits.scanSliceEntries
                range.rangeEnd.withUnsafeBytes { end in
                    start.withUnsafeBytes { start in
                        _ = index.visit(from: start) { entry in
                            if !range.isUnbounded && compareKeys(entry.key, end) >= 0 {
                                return false
                            }
                            guard left > 0 else {
                                cursor = Bytes(entry.key)
                                return false
                            }
                            left -= 1
                            body(entry)
                            return true
                        }
                    }
                }
            }
        }
    }
}

/// Keeps the first positions of many that come in any order.
private struct FirstPositions {
    private let countMax: Int
    private var positions: [LogPosition] = []
    /// Set once something was left out: the lowest revision of which something may be missing.
    private(set) var limit: Int64?

    init(countMax: Int) {
        self.countMax = countMax
    }

    mutating func add(_ entry: IndexEntry, from: Int64, upTo: Int64) {
        var index = entry.count - 1
        while index >= 0 {
            let position = entry[index]
            if position.main < from { return }
            if position.main <= upTo, position.main < limit ?? .max { add(position) }
            index -= 1
        }
    }

    private mutating func add(_ position: LogPosition) {
        positions.append(position)
        // Twice the room, so that sorting it out is rare.
        guard positions.count >= countMax, positions.count / 2 >= countMax else { return }
        positions.sort(by: Self.precedes)
        let limit = positions[countMax].main
        self.limit = limit
        let kept = positions.firstIndex { $0.main >= limit } ?? positions.count
        // One revision larger than everything: the caller asks for it alone.
        positions.removeSubrange(kept...)
    }

    func sorted() -> [LogPosition] {
        positions.sorted(by: Self.precedes)
    }

    private static func precedes(_ left: LogPosition, _ right: LogPosition) -> Bool {
        left.main != right.main ? left.main < right.main : left.sub < right.sub
    }
}
