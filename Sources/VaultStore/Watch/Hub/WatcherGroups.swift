/// Finds the groups of watchers that care about a key without walking them all: single keys by
/// hash, ranges in an interval tree.
struct WatcherGroups {
    private var groups = Slots<WatcherGroup>()
    private var byKey: [Bytes: Int] = [:]
    private var byRange: [KeyRange: Int] = [:]
    private var ranges = IntervalTree()

    var indices: [Int] { groups.indices }

    subscript(group: Int) -> WatcherGroup {
        get { groups[group] }
        _modify { yield &groups[group] }
    }

    /// The group of a range, made when there is none.
    mutating func group(of range: KeyRange) -> Int {
        if let known = range.isSingleKey ? byKey[range.key] : byRange[range] { return known }
        let group = groups.insert(WatcherGroup(range: range))
        if range.isSingleKey {
            byKey[range.key] = group
        } else {
            byRange[range] = group
            ranges.insert(range, value: group)
        }
        return group
    }

    mutating func remove(_ group: Int) {
        let range = groups[group].range
        if range.isSingleKey {
            byKey[range.key] = nil
        } else {
            byRange[range] = nil
            ranges.remove(range)
        }
        groups.remove(group)
    }

    func visit(_ key: Bytes, _ body: (Int) -> Void) {
        if let group = byKey[key] { body(group) }
        if !ranges.isEmpty { ranges.visit(key, body) }
    }
}
