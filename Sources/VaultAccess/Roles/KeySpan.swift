/// Neighbouring keys: `lower` <= key, and key < `upper` unless it is nil. The one form that rules
/// and requests are compared in, so that no check sees a range before it was made plain.
///
///     etcd key "a", range_end ""    ->  "a" ..< "a\0"
///     etcd key "a", range_end "c"   ->  "a" ..< "c"
///     etcd key "a", range_end "\0"  ->  "a" ..< (no end)
public struct KeySpan: Hashable, Sendable {
    public let lower: [UInt8]
    public let upper: [UInt8]?

    /// Every key.
    public static let all = KeySpan(lower: [], upper: nil)

    private init(lower: [UInt8], upper: [UInt8]?) {
        self.lower = lower
        self.upper = upper
    }

    /// From etcd's pair; nil for a range that no key can be in ("b" to "a"), or with an empty `key`
    /// and an empty `rangeEnd`.
    public init?(key: [UInt8], rangeEnd: [UInt8]) {
        if rangeEnd.isEmpty {
            guard !key.isEmpty else { return nil }
            self.init(lower: key, upper: key + [0])
        } else if rangeEnd == [0] {
            self.init(lower: key == [0] ? [] : key, upper: nil)
        } else {
            guard key.lexicographicallyPrecedes(rangeEnd) else { return nil }
            self.init(lower: key, upper: rangeEnd)
        }
    }

    /// The span is one key, whether it exists or not.
    public var isSingleKey: Bool {
        upper.map { $0.count == lower.count + 1 && $0.last == 0 && $0.starts(with: lower) } ?? false
    }
}
