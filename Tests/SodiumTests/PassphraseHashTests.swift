import Sodium
import Testing

/// RFC 9106's own vectors use lanes, a secret and associated data, which crypto_pwhash does not
/// offer; these were computed with argon2-cffi 25.1.0 (the reference C code), Argon2id 1.3, one
/// lane, 32 bytes.
@Suite("Argon2id")
struct PassphraseHashTests {
    struct Vector: Sendable {
        var passphrase: [UInt8]
        var salt: [UInt8]
        var operations: UInt64
        var kibibytes: Int
        var key: String
    }

    static let vectors = [
        Vector(
            passphrase: Array("correct horse battery staple".utf8), salt: Array(0...15),
            operations: 1, kibibytes: 8192,
            key: "9aeef75313e585f492c33c5e12d82e9ad253b7dd78632d537e899cd4eddd789c"),
        Vector(
            passphrase: [], salt: [UInt8](repeating: 0, count: 16), operations: 2,
            kibibytes: 8192,
            key: "dac5cbb0267dbc1a755aa5550b3707ed5f65647b6d8c189a98eedb05dd51fd5c"),
        Vector(
            passphrase: [0] + Array("secret".utf8) + [0xff], salt: Array(16...31),
            operations: 3, kibibytes: 16384,
            key: "87eb5c1ce0a3f4844c0bdb1edd81ce608efac5fbc07168b6c6990dbc9c887c1d"),
    ]

    @Test(arguments: vectors)
    func `Independently computed hashes are reproduced`(vector: Vector) throws {
        var key = try SecretBytes(count: 32)
        try PassphraseHash.derive(
            from: try secret(vector.passphrase), salt: vector.salt,
            operations: vector.operations, memory: vector.kibibytes << 10, into: &key)
        #expect(content(key) == bytes(vector.key))
    }

    @Test func `Another passphrase, salt or cost gives another key`() throws {
        let base = Self.vectors[0]
        func key(
            _ passphrase: [UInt8]? = nil, salt: [UInt8]? = nil, operations: UInt64 = 1,
            kibibytes: Int = 8192
        ) throws -> [UInt8] {
            var key = try SecretBytes(count: 32)
            try PassphraseHash.derive(
                from: try secret(passphrase ?? base.passphrase), salt: salt ?? base.salt,
                operations: operations, memory: kibibytes << 10, into: &key)
            return content(key)
        }
        let keys = [
            try key(), try key(Array("correct horse battery stapl".utf8)),
            try key(salt: Array(1...16)), try key(operations: 2), try key(kibibytes: 8200),
        ]
        #expect(Set(keys).count == keys.count)
    }

    @Test func `Parameters outside the algorithm's are refused`() throws {
        func attempt(salt: Int = 16, operations: UInt64 = 1, memory: Int = 8 << 20) throws {
            var key = try SecretBytes(count: 32)
            try PassphraseHash.derive(
                from: try secret([1]), salt: [UInt8](repeating: 0, count: salt),
                operations: operations, memory: memory, into: &key)
        }
        #expect(throws: SodiumError.invalidParameter("salt size")) { try attempt(salt: 15) }
        #expect(throws: SodiumError.invalidParameter("operations")) { try attempt(operations: 0) }
        #expect(throws: SodiumError.invalidParameter("memory")) { try attempt(memory: 8191) }
        #expect(throws: SodiumError.invalidParameter("memory")) { try attempt(memory: -1) }
    }
}
