import Sodium

/// Shamir's secret sharing of 32 bytes, each byte with a polynomial of its own over GF(2^8).
///
/// The share with index x is the polynomials' values at x; the secret is their values at 0. Fewer
/// shares than the threshold fit every secret equally well.
package enum SecretSharing {
    /// Bytes of a secret, and of each share's value.
    package static let secretCount = 32

    /// The values of all shares, one after the other from index 1 on: `set.count` times 32 bytes.
    static func split(
        _ secret: borrowing SecretBytes, into set: ShareSet
    ) throws(SealError) -> SecretBytes {
        precondition(secret.count == secretCount, "32 bytes are shared")
        let degree = Int(set.threshold) - 1
        // Highest first; the secret is the last.
        let coefficients = try SealError.memory { () throws(SodiumError) in
            try SecretBytes.random(count: degree * secretCount)
        }
        var shares = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: Int(set.count) * secretCount)
        }
        secret.withBytes { secret in
            coefficients.withBytes { coefficients in
                shares.withMutableBytes { shares in
                    for index in 1...Int(set.count) {
                        evaluate(
                            coefficients, secret, at: UInt8(index),
                            into: shares.part((index - 1) * secretCount, secretCount))
                    }
                }
            }
        }
        return shares
    }

    /// Horner's rule, for all 32 polynomials: their values at `x`. `coefficients` has 32 bytes for
    /// each degree, the highest first, without the secret. The time depends on counts alone.
    package static func evaluate(
        _ coefficients: UnsafeRawBufferPointer, _ secret: UnsafeRawBufferPointer, at x: UInt8,
        into output: UnsafeMutableRawBufferPointer
    ) {
        for byte in 0..<secretCount {
            var value: UInt8 = 0
            var offset = byte
            while offset < coefficients.count {
                value = Field256.product(value, x) ^ coefficients[offset]
                offset += secretCount
            }
            output[byte] = Field256.product(value, x) ^ secret[byte]
        }
    }

    /// The secret that these shares give, by Lagrange's interpolation at 0. `values` has 32 bytes
    /// for each of `indexes`, which are different and not 0.
    static func combine(
        _ indexes: [UInt8], _ values: borrowing SecretBytes
    ) throws(SealError) -> SecretBytes {
        precondition(values.count == indexes.count * secretCount, "a value for each index")
        var secret = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: secretCount)
        }
        values.withBytes { values in
            secret.withMutableBytes { secret in interpolate(indexes, values, into: secret) }
        }
        return secret
    }

    /// The same, exclusive-ored to the 32 bytes at `secret`. The time depends on `indexes` alone.
    package static func interpolate(
        _ indexes: [UInt8], _ values: UnsafeRawBufferPointer,
        into secret: UnsafeMutableRawBufferPointer
    ) {
        for (place, index) in indexes.enumerated() {
            let weight = weight(of: index, among: indexes)
            for byte in 0..<secretCount {
                secret[byte] ^= Field256.product(values[place * secretCount + byte], weight)
            }
        }
    }

    /// The product of j / (j - index) over the other indexes j; minus is exclusive or.
    private static func weight(of index: UInt8, among indexes: [UInt8]) -> UInt8 {
        indexes.reduce(into: UInt8(1)) { weight, other in
            guard other != index else { return }
            weight = Field256.product(
                weight, Field256.product(other, Field256.inverse(other ^ index)))
        }
    }
}
