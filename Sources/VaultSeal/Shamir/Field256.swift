/// Arithmetic in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1, the field of AES.
///
/// No branch and no address depends on a value: shares are secret, and a table's cache lines tell.
enum Field256 {
    @inline(__always)
    static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
        var (a, b, result) = (a, b, UInt8(0))
        for _ in 0..<8 {
            // All ones when the lowest bit of b is set.
            result ^= a & (0 &- (b & 1))
            let carry = 0 &- (a >> 7)
            a = (a << 1) ^ (0x1b & carry)
            b >>= 1
        }
        return result
    }

    /// 1 / a as a^254; zero for zero.
    static func inverse(_ a: UInt8) -> UInt8 {
        // 254 = 2 + 4 + 8 + 16 + 32 + 64 + 128
        var (power, result) = (a, UInt8(1))
        for _ in 1...7 {
            power = product(power, power)
            result = product(result, power)
        }
        return result
    }
}
