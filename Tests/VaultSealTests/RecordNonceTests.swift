import Sodium
import Testing

@testable import VaultSeal

/// What a cloned virtual machine does: the same random bytes, handed out twice.
@Suite("Record nonces")
struct RecordNonceTests {
    static let keys = Array(UInt8(0)..<32)

    private func hedged(
        _ random: [UInt8], associatedData: [UInt8], plaintext: [UInt8]
    ) -> [UInt8] {
        var nonce = random
        var scratch = associatedData + [UInt8](repeating: 0xEE, count: 16)
        nonce.withUnsafeMutableBytes { nonce in
            scratch.withUnsafeMutableBytes { scratch in
                Self.keys.withUnsafeBytes { keys in
                    plaintext.withUnsafeBytes {
                        RecordNonce.hedge(nonce, keys: keys, scratch: scratch, plaintext: $0)
                    }
                }
            }
        }
        return nonce
    }

    private func shortHash(_ message: [UInt8], key: ArraySlice<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 16)
        digest.withUnsafeMutableBytes { digest in
            message.withUnsafeBytes { message in
                Array(key).withUnsafeBytes {
                    ShortHash.digest(of: message, key: $0, into: digest)
                }
            }
        }
        return digest
    }

    let random = [UInt8](repeating: 0x0F, count: 24)
    let associatedData = [UInt8](repeating: 1, count: 64)
    let plaintext = [UInt8](repeating: 2, count: 68)

    @Test func `The hedge is the documented one`() {
        let inner = shortHash(plaintext, key: Self.keys[..<16])
        let outer = shortHash(associatedData + inner, key: Self.keys[16...])
        let expected = outer.map { $0 ^ 0x0F } + [UInt8](repeating: 0x0F, count: 8)
        #expect(hedged(random, associatedData: associatedData, plaintext: plaintext) == expected)
    }

    @Test func `Repeated random bytes give another nonce for another place or payload`() {
        var nonces = [hedged(random, associatedData: associatedData, plaintext: plaintext)]
        for index in associatedData.indices {
            var other = associatedData
            other[index] ^= 1
            nonces.append(hedged(random, associatedData: other, plaintext: plaintext))
        }
        for index in plaintext.indices {
            var other = plaintext
            other[index] ^= 1
            nonces.append(hedged(random, associatedData: associatedData, plaintext: other))
        }
        #expect(Set(nonces).count == 1 + 64 + 68)
    }

    @Test func `A record's nonce is hedged and random`() throws {
        let cipher = try CipherParts().cipher()
        let place = RecordPlace.log(main: 1, sub: 0)
        let nonces = Set(try (0..<100).map { _ in try cipher.seal([1], at: place)[12..<36] })
        #expect(nonces.count == 100)
    }
}
