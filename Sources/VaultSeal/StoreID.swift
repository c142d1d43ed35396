import Sodium

/// Names one vault, from its `init` on and through every restore of it: 16 random bytes.
public struct StoreID: Hashable, Sendable, CustomStringConvertible {
    /// Bytes of an id.
    public static let count = 16

    /// The 16 bytes.
    public let bytes: [UInt8]

    /// Takes exactly 16 bytes.
    public init(bytes: [UInt8]) {
        precondition(bytes.count == Self.count, "a store id has 16 bytes")
        self.bytes = bytes
    }

    /// Takes 32 lower-case hexadecimal digits, as `description` writes them; nil for others.
    public init?(hexadecimal text: some StringProtocol) {
        guard let bytes = Hexadecimal.decode(text), bytes.count == Self.count else { return nil }
        self.bytes = bytes
    }

    /// A new one.
    public static func random() throws(SealError) -> StoreID {
        try SealError.memory { () throws(SodiumError) in try Sodium.initialize() }
        return StoreID(bytes: Random.bytes(count: count))
    }

    /// 32 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.encode(bytes) }
}
