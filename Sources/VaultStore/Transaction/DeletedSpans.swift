/// The keys that some deletions cover: spans in order that do not touch each other.
struct DeletedSpans {
    /// `key` <= a key of the span < `rangeEnd`.
    private var spans: [KeyRange] = []

    /// A deletion without an upper end covers nothing here: etcd compares its end, one zero byte,
    /// as a key, and clients see the difference.
    mutating func insert(_ range: KeyRange) {
        guard !range.isUnbounded else { return }
        var span = range
        if range.isSingleKey { span.rangeEnd = range.key + [0] }
        guard span.key.precedes(span.rangeEnd) else { return }
        let first = spans.firstPlace { !$0.rangeEnd.precedes(span.key) }
        let end = spans.firstPlace { span.rangeEnd.precedes($0.key) }
        if first < end {
            if spans[first].key.precedes(span.key) { span.key = spans[first].key }
            let last = spans[end - 1].rangeEnd
            if span.rangeEnd.precedes(last) { span.rangeEnd = last }
        }
        spans.replaceSubrange(first..<end, with: CollectionOfOne(span))
    }

    func contains(_ key: Bytes) -> Bool {
        let next = spans.firstPlace { key.precedes($0.key) }
        return next > 0 && key.precedes(spans[next - 1].rangeEnd)
    }
}
