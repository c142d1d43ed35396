/// A sum over what a set of records says: the same whatever the order in which they were added and
/// taken away, and whatever data key seals them (docs/formats.md, "State hash").
///
/// Eight lanes of 64 bits, each added modulo 2^64. It is worth something only while nobody without
/// the key sees it: keep it sealed.
public struct StateHash: Equatable, Sendable {
    /// Bytes of an encoded hash.
    public static let byteCount = 64

    /// Of no records.
    public static let zero = StateHash()

    private var lanes = SIMD8<UInt64>()

    private init() {}

    /// Reads `byteCount` bytes, little-endian lane by lane.
    public init(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == Self.byteCount, "a state hash has 64 bytes")
        for lane in 0..<8 { lanes[lane] = bytes.number(at: 8 * lane) }
    }

    /// Takes in a record, or all of another sum.
    public mutating func add(_ other: StateHash) {
        lanes = lanes &+ other.lanes
    }

    /// Takes out what was added.
    public mutating func subtract(_ other: StateHash) {
        lanes = lanes &- other.lanes
    }

    /// Writes the hash to `output`, which has `byteCount` bytes.
    public func encode(into output: UnsafeMutableRawBufferPointer) {
        precondition(output.count == Self.byteCount, "a state hash has 64 bytes")
        for lane in 0..<8 { output.set(lanes[lane], at: 8 * lane) }
    }
}
