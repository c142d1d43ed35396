/// SplitMix64: the same numbers for the same seed.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// - Parameter seed: print it with every failure, so that the run can be repeated.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// True once in `times` calls on average.
    public mutating func once(in times: Int) -> Bool { next() % UInt64(times) == 0 }

    /// One of `choices`, which must not be empty.
    public mutating func pick<Choices: RandomAccessCollection>(
        _ choices: Choices
    ) -> Choices.Element {
        let offset = Int(next() % UInt64(choices.count))
        return choices[choices.index(choices.startIndex, offsetBy: offset)]
    }

    /// `count` random bytes.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}
