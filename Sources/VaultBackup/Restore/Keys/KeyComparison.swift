/// Tells what differs between a vault that goes on and what it was. Knows nothing of where the keys
/// that it is told come from.
///
///     then: a=1 b=2 c=3     now: a=1 b=9 d=4     ->  b changed, c missing, d newer; 1 unchanged
public struct KeyComparison: Sendable {
    private let past: PastKeys
    private var rest: [[UInt8]: PastKeys.Key]
    private var differences: [KeyDifference] = []
    public private(set) var unchangedCount = 0

    public init(with past: PastKeys) {
        self.past = past
        rest = past.keys
    }

    /// Takes in a key of the vault, each once. One that has its value still is left alone, on
    /// whatever lease it hangs by now.
    public mutating func take(_ key: [UInt8], value: UnsafeRawBufferPointer, revision: Int64) {
        guard past.concerns(key) else { return }
        guard let then = rest.removeValue(forKey: key) else {
            differences.append(KeyDifference(key: key, kind: .newer, liveRevision: revision))
            return
        }
        guard then.digest != past.digest(of: value) else {
            unchangedCount += 1
            return
        }
        differences.append(Self.difference(key, .changed, then, liveRevision: revision))
    }

    private static func difference(
        _ key: [UInt8], _ kind: KeyDifference.Kind, _ then: PastKeys.Key, liveRevision: Int64
    ) -> KeyDifference {
        var difference = KeyDifference(
            key: key, kind: kind, liveRevision: liveRevision, lease: then.lease)
        difference.place = then.place
        return difference
    }

    /// Everything that differs, in the order of keys, once every key of the vault was taken in.
    public consuming func finish() -> [KeyDifference] {
        for (key, then) in rest {
            differences.append(Self.difference(key, .missing, then, liveRevision: 0))
        }
        return differences.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }
}
