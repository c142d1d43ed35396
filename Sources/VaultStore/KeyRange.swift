/// Arbitrary bytes: a key or a value.
public typealias Bytes = [UInt8]

/// A set of neighbouring keys, in etcd's (key, range_end) convention.
///
///     key "a", rangeEnd ""    ->  the key "a"
///     key "a", rangeEnd "c"   ->  "a" <= key < "c"
///     key "a", rangeEnd "\0"  ->  "a" <= key
public struct KeyRange: Hashable, Sendable {
    public var key: Bytes
    public var rangeEnd: Bytes

    public init(key: Bytes, rangeEnd: Bytes = []) {
        self.key = key
        self.rangeEnd = rangeEnd
    }

    /// Every key. The empty key cannot be written, so "\0" is the smallest.
    public static let all = KeyRange(key: [0], rangeEnd: [0])

    /// Every key that starts with `prefix`.
    public static func prefix(_ prefix: Bytes) -> KeyRange {
        guard !prefix.isEmpty else { return .all }
        var end = prefix
        while let last = end.last {
            if last < 0xff {
                end[end.count - 1] = last + 1
                return KeyRange(key: prefix, rangeEnd: end)
            }
            end.removeLast()
        }
        return KeyRange(key: prefix, rangeEnd: [0])
    }

    /// The range names one key, whether it exists or not.
    public var isSingleKey: Bool { rangeEnd.isEmpty }

    /// The range has no upper end.
    public var isUnbounded: Bool { rangeEnd.count == 1 && rangeEnd[0] == 0 }

    /// `key` lies in the range.
    public func contains(_ key: Bytes) -> Bool {
        if isSingleKey { return key == self.key }
        if key.lexicographicallyPrecedes(self.key) { return false }
        return isUnbounded || key.lexicographicallyPrecedes(rangeEnd)
    }

    /// `key` lies in the range.
    func contains(_ key: UnsafeRawBufferPointer) -> Bool {
        let isAfterStart = self.key.withUnsafeBytes { compareKeys(key, $0) }
        if isSingleKey { return isAfterStart == 0 }
        guard isAfterStart >= 0 else { return false }
        return isUnbounded || rangeEnd.withUnsafeBytes { compareKeys(key, $0) < 0 }
    }
}
