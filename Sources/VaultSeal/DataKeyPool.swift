import Sodium

/// The record keys of an opened keyring, all in one piece of guarded memory: locked pages are few.
struct DataKeyPool: ~Copyable {
    /// What each data key is expanded to: the key of the AEAD, and the two of the nonces.
    private static let subkeyCount = 32
    private static let entryCount = 2 * subkeyCount

    private var secret: SecretBytes
    private let numbers: [UInt32]

    /// Seals; the highest number.
    let newest: (number: UInt32, index: Int)
    /// Of what is sealed under the newest.
    private(set) var counter: SealingCounter

    init(_ keyring: borrowing Keyring) throws(SealError) {
        numbers = keyring.dataKeyNumbers
        newest = (numbers[numbers.count - 1], numbers.count - 1)
        counter = SealingCounter(dataKey: newest.number)
        let count = numbers.count * Self.entryCount
        secret = try SealError.memory { () throws(SodiumError) in try SecretBytes(count: count) }
        for index in numbers.indices {
            keyring.withDataKey(at: index) { key in
                secret.withMutableBytes { secret in
                    let entry = secret.part(index * Self.entryCount, Self.entryCount)
                    KeyDerivation.derive(
                        1, context: "vd-data1", from: key, into: entry.part(0, Self.subkeyCount))
                    KeyDerivation.derive(
                        2, context: "vd-data1", from: key,
                        into: entry.part(Self.subkeyCount, Self.subkeyCount))
                }
            }
        }
    }

    /// Goes on with the count of a pool that this one replaces, when it seals under the same key.
    mutating func inherit(_ old: borrowing DataKeyPool) {
        if old.newest.number == newest.number { counter = old.counter }
    }

    /// Where the key with this number is; nil when the keyring does not have it.
    func index(of number: UInt32) -> Int? {
        // Nearly every record is under the newest key, so that one is looked at first.
        if number == newest.number { return newest.index }
        return numbers.firstIndex(of: number)
    }

    /// Lends both subkeys of the data key at `index`.
    @inline(__always)
    borrowing func withSubkeys<R>(
        at index: Int,
        _ body: (_ aead: UnsafeRawBufferPointer, _ nonce: UnsafeRawBufferPointer)
            throws(SealError) -> R
    ) throws(SealError) -> R {
        try secret.withBytes { (bytes) throws(SealError) in
            let start = index * Self.entryCount
            return try body(
                bytes.part(start, Self.subkeyCount),
                bytes.part(start + Self.subkeyCount, Self.subkeyCount))
        }
    }

    mutating func erase() { secret.erase() }
}
