/// What compaction leaves of the past of keys that start with `prefix`, beyond what it must.
///
/// Kept are the newest `versions` of a key, and every version that was current within `duration`.
/// What is left of a deleted key goes `duration` after the deletion; without a duration it stays.
public struct RetentionRule: Equatable, Sendable {
    public var prefix: Bytes
    /// 0 keeps none for their number.
    public var versions: Int
    /// Milliseconds; 0 keeps none for their age.
    public var duration: Int64

    public init(prefix: Bytes, versions: Int = 0, duration: Int64 = 0) {
        self.prefix = prefix
        self.versions = versions
        self.duration = duration
    }
}

/// The rules of a store at one moment.
struct Retention {
    /// One rule, with its duration turned into a revision.
    struct Bounds {
        var rule: RetentionRule
        /// Everything from this revision on is younger than the rule's duration; nil without one.
        var since: Int64?
    }

    /// The longest prefix first.
    private let bounds: [Bounds]

    /// `since` names the first revision that is younger than a duration in milliseconds.
    init<E: Error>(
        _ rules: [RetentionRule], since: (_ duration: Int64) throws(E) -> Int64
    ) throws(E) {
        var bounds: [Bounds] = []
        for rule in rules.sorted(by: { $0.prefix.count > $1.prefix.count }) {
            let first = rule.duration > 0 ? try since(rule.duration) : nil
            bounds.append(Bounds(rule: rule, since: first))
        }
        self.bounds = bounds
    }

    /// What applies to a key: the rule with the longest prefix.
    func bounds(of key: UnsafeRawBufferPointer) -> Bounds? {
        bounds.first { key.starts(with: $0.rule.prefix) }
    }
}

extension IndexEntry {
    /// The first version that stays when everything before `floor` is forgotten; `count` when none
    /// does. What is kept is always everything from one version on, so that a key that was deleted
    /// stays deleted.
    ///
    ///     floor 5:  [2, 4, 7] -> 1    [2, 4†] -> 2    [2, 5†] -> 1
    ///     and with two versions kept:    [2, 3, 4, 7] -> 2    [1, 2, 4†] -> 0
    func firstKept(before floor: Int64, _ retention: Retention.Bounds?) -> Int {
        var first = 0
        while first + 1 < count, self[first + 1].main <= floor { first += 1 }
        if self[first].isTombstone, self[first].main < floor { first += 1 }
        if let retention { first = min(first, firstRetained(retention)) }
        // A deletion of what is not there any more says nothing.
        while first < count, self[first].isTombstone, self[first].main < floor { first += 1 }
        return first
    }

    /// The first version that the rule wants; `count` when it wants none.
    private func firstRetained(_ retention: Retention.Bounds) -> Int {
        var first = count
        if let since = retention.since {
            // The version that was current when the time began is wanted, too.
            let young = (0..<count).first { self[$0].main >= since } ?? count
            if young < count || !last.isTombstone { first = max(young - 1, 0) }
            if last.isTombstone && last.main < since { return count }
        }
        var left = retention.rule.versions
        var index = count - 1
        while left > 0, index >= 0 {
            if !self[index].isTombstone {
                left -= 1
                first = min(first, index)
            }
            index -= 1
        }
        return first
    }
}
