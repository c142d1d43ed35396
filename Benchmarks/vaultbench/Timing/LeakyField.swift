/// Multiplication in GF(2^8) as it must not be done with secrets: what the check must see.
enum LeakyField {
    /// As many steps as `b` has bits.
    static func productByBranches(_ a: UInt8, _ b: UInt8) -> UInt8 {
        var (a, b, result) = (a, b, UInt8(0))
        while b != 0 {
            if b & 1 != 0 { result ^= a }
            a = (a << 1) ^ (a & 0x80 != 0 ? 0x1b : 0)
            b >>= 1
        }
        return result
    }

    /// Logarithms to the base 3; zero has none and takes a way of its own.
    static func productByTables(_ a: UInt8, _ b: UInt8) -> UInt8 {
        guard a != 0, b != 0 else { return 0 }
        return powers[(logarithms[Int(a)] + logarithms[Int(b)]) % 255]
    }

    private static let powers: [UInt8] = {
        var (power, powers) = (UInt8(1), [UInt8]())
        for _ in 0..<255 {
            powers.append(power)
            power = productByBranches(power, 3)
        }
        return powers
    }()

    private static let logarithms: [Int] = {
        var logarithms = [Int](repeating: 0, count: 256)
        for (exponent, power) in powers.enumerated() { logarithms[Int(power)] = exponent }
        return logarithms
    }()
}
