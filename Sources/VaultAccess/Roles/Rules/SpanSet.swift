import Glibc

/// Keys, as neighbourhoods that neither overlap nor touch: what several permissions cover together.
///
/// Only the borders are kept, one after the other: a key is inside when the number of borders that
/// are not after it is odd.
///
///     "a" ..< "c", "b" ..< "f", "k" ..< (no end)   ->   a f k
///     "g": after 2 borders, outside                     "m": after 3, inside
public struct SpanSet: Sendable {
    /// The borders' bytes without gaps, so that a look-up follows no pointers and counts nobody's
    /// references.
    private let bytes: [UInt8]
    /// Where each border ends in `bytes`, behind a 0.
    private let ends: [Int]

    /// The union of the spans.
    public init(_ spans: [KeySpan]) {
        let spans = spans.sorted { Self.start($0).lexicographicallyPrecedes(Self.start($1)) }
        var borders: [[UInt8]] = []
        for span in spans {
            // An odd number of borders: the last span has no end, and nothing is after it.
            if borders.count % 2 == 1 { break }
            if let last = borders.last, !last.lexicographicallyPrecedes(Self.start(span)) {
                guard let upper = span.upper else {
                    borders.removeLast()
                    break
                }
                if last.lexicographicallyPrecedes(upper) { borders[borders.count - 1] = upper }
            } else {
                borders.append(Self.start(span))
                if let upper = span.upper { borders.append(upper) }
            }
        }
        bytes = borders.flatMap { $0 }
        ends = borders.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    }

    /// No key is empty, so nothing comes before the key of one zero byte: from there on is all.
    private static func start(_ span: KeySpan) -> [UInt8] {
        span.lower == [0] ? [] : span.lower
    }

    public var isEmpty: Bool { ends.count == 1 }

    /// Whether every key of the span is in the set.
    public func contains(_ span: KeySpan) -> Bool {
        let place = span.lower.withUnsafeBytes { bordersUpTo($0) }
        guard place % 2 == 1 else { return false }
        guard place < borderCount else { return true }
        guard let upper = span.upper else { return false }
        return upper.withUnsafeBytes { upper in
            bytes.withUnsafeBytes { bytes in
                let border = UnsafeRawBufferPointer(
                    rebasing: bytes[ends[place]..<ends[place + 1]])
                return Self.compare(upper, border) <= 0
            }
        }
    }

    /// Whether the key is in the set. Takes about as many comparisons of keys as the set's size has
    /// binary digits, and no memory.
    public func contains(_ key: UnsafeRawBufferPointer) -> Bool {
        bordersUpTo(key) % 2 == 1
    }

    /// Whether all of some keys are in the set. Takes a step for each span that they lie in, not
    /// for each of them.
    ///
    /// - Parameters:
    ///   - first: the first of the keys; nil when there is none.
    ///   - next: gives the first of them that does not come before the one it is given.
    public func containsAll(from first: [UInt8]?, next: ([UInt8]) -> [UInt8]?) -> Bool {
        var key = first
        while let found = key {
            guard let rest = KeySpan(key: found, rangeEnd: [0]) else { return false }
            guard let gap = firstGap(in: rest) else { return true }
            if gap.lower == rest.lower { return false }
            key = next(gap.lower)
        }
        return true
    }

    /// The first keys of the span that are not in the set; nil when all are.
    public func firstGap(in span: KeySpan) -> (lower: [UInt8], upper: [UInt8]?)? {
        let place = span.lower.withUnsafeBytes { bordersUpTo($0) }
        var lower = span.lower
        var next = place
        if place % 2 == 1 {
            // Inside: the gap can only begin where this neighbourhood ends.
            guard place < borderCount else { return nil }
            lower = border(place)
            if let upper = span.upper, !lower.lexicographicallyPrecedes(upper) { return nil }
            next += 1
        }
        guard next < borderCount else { return (lower, span.upper) }
        let end = border(next)
        guard let upper = span.upper, !end.lexicographicallyPrecedes(upper) else {
            return (lower, end)
        }
        return (lower, upper)
    }

    // MARK: - Borders

    private var borderCount: Int { ends.count - 1 }

    private func border(_ place: Int) -> [UInt8] {
        Array(bytes[ends[place]..<ends[place + 1]])
    }

    /// How many borders are not after `key`.
    private func bordersUpTo(_ key: UnsafeRawBufferPointer) -> Int {
        bytes.withUnsafeBytes { bytes in
            ends.withUnsafeBufferPointer { ends in
                var low = 0
                var high = ends.count - 1
                while low < high {
                    let middle = (low + high) / 2
                    let border = UnsafeRawBufferPointer(
                        rebasing: bytes[ends[middle]..<ends[middle + 1]])
                    if Self.compare(border, key) <= 0 { low = middle + 1 } else { high = middle }
                }
                return low
            }
        }
    }

    private static func compare(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
    ) -> Int {
        let count = min(left.count, right.count)
        if count > 0, let first = left.baseAddress, let second = right.baseAddress {
            // SAFETY: both buffers have `count` bytes or more.
            let order = memcmp(first, second, count)
            if order != 0 { return Int(order) }
        }
        return left.count - right.count
    }
}
