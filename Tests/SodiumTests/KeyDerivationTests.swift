import Sodium
import Testing

/// crypto_kdf is documented as BLAKE2b(key, salt = id and zeros, person = context and zeros);
/// these were computed so with Python's hashlib.blake2b, for the key 00 to 1f.
@Suite("Key derivation")
struct KeyDerivationTests {
    let key = Array(UInt8(0)...31)

    private func derive(_ id: UInt64, _ context: StaticString, count: Int) -> [UInt8] {
        var subkey = [UInt8](repeating: 0, count: count)
        subkey.withUnsafeMutableBytes { subkey in
            key.withUnsafeBytes {
                KeyDerivation.derive(id, context: context, from: $0, into: subkey)
            }
        }
        return subkey
    }

    @Test func `Independently computed subkeys are reproduced`() throws {
        #expect(
            derive(1, "vd-root1", count: 32)
                == bytes("9f36f21fb9fa5683e3262e3246244f509b71241481b17627008b3cc9c29b47b8"))
        #expect(
            derive(2, "vd-data1", count: 32)
                == bytes("8dba62a5d506c8df36d97436978af5e39c65307e40e76a8b40fc130b0f7ed723"))
        #expect(
            derive(0x0102_0304_0506_0708, "Examples", count: 64)
                == bytes(
                    """
                    5c6574bbcf7d5bd3e09b4a3760152802dd2e325bc8eeed3f48076c7763f45de6
                    35d9c0e5317edbfcf9930813f7319d4e1c3ec7ae7ef31fdbce8edc89d400b569
                    """))
    }

    @Test func `A secret subkey has the same bytes`() throws {
        let subkey = try KeyDerivation.derive(1, context: "vd-root1", from: try secret(key))
        #expect(content(subkey) == derive(1, "vd-root1", count: 32))
    }
}
