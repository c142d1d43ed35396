import Sodium
import Testing

@testable import VaultSeal

@Suite("Secret sharing")
struct SecretSharingTests {
    /// Shares of the bytes 200 to 231, made with `_interpolate` of shamir-mnemonic 0.3.0, the
    /// reference implementation of SLIP-39, which works in the same field.
    private static let known: [(threshold: Int, shares: [(index: UInt8, value: String)])] = [
        (
            2,
            [
                (1, "aecfb835075379421b70a962bef5a3061079ef31ee5c7538c9154665ff6894ba"),
                (2, "04c52e2c41eabbce5d8824aa00953c6e5382b014b8c4930ab212b1f4d2e4025d"),
                (3, "62c35cd28a740c4396295f1b6ab549bf9b2285fe8a4538ed9be61572c9697000"),
            ]
        ),
        (
            3,
            [
                (1, "13d90b90db025d01cfda53a5764486ccf71a3341b7d53cad16e0285bd545dcb5"),
                (2, "65f0a42d733d7af5f7858fd07b94f00603e4434b0957bfaca169fde1c1fef0d8"),
                (3, "bee0657664f2e93be88e0ea6d905a01d2c27aad1625f5dde57683759f05eca8a"),
                (4, "89dfe747dbf9af79fa6a63447cacb4df5715a82a618cd2538cf4aa58a9c859c3"),
                (5, "52cf261ccc363cb7e561e232de3de4c478d641b00a8430217af560e098686391"),
            ]
        ),
        (
            5,
            [
                (1, "08f7de124446c15dd8b334020e50a31b6886816c9b960b59aece136c668440ca"),
                (2, "614395c0e413dc18d23608deac5441640cf86b83ae689a949187bf4c3da95b44"),
                (5, "30ffda10d873875c89955763e7c12cb3565214997839d60bd9f012f42f09cfe7"),
                (100, "f344908f36e98bf053c4e6d4c070134b79f890de297eec562a2c52480b44f63d"),
                (254, "651e05e5af7c21116ece1286536105ce5a491d580e7ff42483dcfa734cc99a29"),
                (255, "8ef87e94467b00905b42bc25ebce356af4caf2288399be810d4c9cc03b5c01f8"),
            ]
        ),
    ]

    private func combine(_ shares: [(index: UInt8, value: [UInt8])]) throws -> [UInt8] {
        let values = try secret(shares.flatMap(\.value))
        return try SecretSharing.combine(shares.map(\.index), values).withBytes { Array($0) }
    }

    /// Every choice of `count` elements.
    private func choices<Element>(of elements: [Element], _ count: Int) -> [[Element]] {
        guard count > 0 else { return [[]] }
        return elements.indices.flatMap { first in
            choices(of: Array(elements[(first + 1)...]), count - 1).map { [elements[first]] + $0 }
        }
    }

    private func split(
        _ bytes: [UInt8], threshold: UInt8, count: UInt8
    ) throws -> [(index: UInt8, value: [UInt8])] {
        let set = try ShareSet(id: 1, threshold: threshold, count: count)
        let values = try SecretSharing.split(try secret(bytes), into: set)
            .withBytes { Array($0) }
        return (1...count).map { ($0, Array(values[(Int($0 - 1) * 32)..<(Int($0) * 32)])) }
    }

    @Test func `Shares of another implementation give its secret, whichever are chosen`() throws {
        for (threshold, shares) in Self.known {
            let shares = shares.map { ($0.index, Hexadecimal.decode($0.value) ?? []) }
            for choice in choices(of: shares, threshold) {
                #expect(try combine(choice) == Array(200..<232))
                #expect(try combine(choice.reversed()) == Array(200..<232))
            }
        }
    }

    @Test func `Every choice of enough shares gives the secret, and of fewer does not`() throws {
        for count in UInt8(2)...6 {
            for threshold in 2...count {
                let bytes = Random.bytes(count: 32)
                let shares = try split(bytes, threshold: threshold, count: count)
                for choice in choices(of: shares, Int(threshold)) {
                    #expect(try combine(choice) == bytes)
                }
                for choice in choices(of: shares, Int(threshold) - 1) {
                    #expect(try combine(choice) != bytes)
                }
                #expect(try combine(shares) == bytes)
            }
        }
    }

    @Test func `The largest set works`() throws {
        let bytes = Random.bytes(count: 32)
        let shares = try split(bytes, threshold: 255, count: 255)
        #expect(try combine(shares) == bytes)
        #expect(try combine(Array(shares.dropLast())) != bytes)
    }

    /// With one of two shares known, each secret fits exactly one value of the other share: what
    /// is known says nothing. Exhaustive for a byte.
    @Test func `One share of two fits every secret`() throws {
        let known: UInt8 = 0x5a
        var fitting = Set<UInt8>()
        for other in UInt8(0)...255 {
            let shares: [(index: UInt8, value: [UInt8])] = [
                (1, [UInt8](repeating: known, count: 32)),
                (2, [UInt8](repeating: other, count: 32)),
            ]
            fitting.insert(try combine(shares)[0])
        }
        #expect(fitting.count == 256)
    }

    @Test func `The field is that of AES`() {
        // FIPS 197, section 4.2.
        #expect(Field256.product(0x57, 0x83) == 0xc1)
        #expect(Field256.product(0x57, 0x13) == 0xfe)
        for a in UInt8(1)...255 { #expect(Field256.product(a, Field256.inverse(a)) == 1) }
        #expect(Field256.inverse(0) == 0)
        for a in UInt8(0)...255 {
            for b in UInt8(0)...255 {
                #expect(Field256.product(a, b) == Self.slowProduct(a, b))
            }
        }
    }

    /// Multiplies as polynomials, then divides.
    private static func slowProduct(_ a: UInt8, _ b: UInt8) -> UInt8 {
        var product = UInt32(0)
        for bit in 0..<8 where b >> UInt8(bit) & 1 == 1 { product ^= UInt32(a) << UInt32(bit) }
        for bit in stride(from: 14, through: 8, by: -1) where product >> UInt32(bit) & 1 == 1 {
            product ^= 0x11b << UInt32(bit - 8)
        }
        return UInt8(product)
    }
}
