import ArgumentParser

/// Bytes a second on the command line: `65536`, `500K`, `50M`, `1G`; units of 1,000.
struct ByteRate: ExpressibleByArgument, Equatable {
    /// Slower, and the vault would give a client up that takes nothing for so long.
    private static let bytesPerSecondMin: Int64 = 64_000
    private static let bytesPerSecondMax: Int64 = 1_000_000_000_000

    let bytesPerSecond: Int64

    init?(argument: String) {
        let units: [Character: Int64] = ["K": 1_000, "M": 1_000_000, "G": 1_000_000_000]
        let named = argument.last.flatMap { units[$0] }
        let (digits, unit) = (argument.dropLast(named == nil ? 0 : 1), named ?? 1)
        // Held against the limits before it is multiplied, which may overflow.
        guard let number = Int64(digits), (1...Self.bytesPerSecondMax / unit).contains(number),
            number * unit >= Self.bytesPerSecondMin
        else { return nil }
        bytesPerSecond = number * unit
    }
}
