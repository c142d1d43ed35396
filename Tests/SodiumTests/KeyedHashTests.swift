import Sodium
import Testing

/// RFC 7693 appendix A, and the keyed vectors of the BLAKE2 authors (blake2b-kat: key 00 to 3f,
/// message 00, 01, 02...). The 24 and 32 byte ones were computed with Python's hashlib.blake2b.
@Suite("BLAKE2b")
struct KeyedHashTests {
    static let key = Array(UInt8(0)...0x3f)
    static let message = Array(UInt8(0)...0xfe)

    @Test func `The vector of RFC 7693 is reproduced`() {
        #expect(
            hash(Array("abc".utf8))
                == bytes(
                    """
                    ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1
                    7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923
                    """))
    }

    @Test func `The keyed vectors are reproduced`() {
        #expect(
            hash([], key: Self.key)
                == bytes(
                    """
                    10ebb67700b1868efb4417987acf4690ae9d972fb7a590c2f02871799aaa4786
                    b5e996e8f0f4eb981fc214b005f42d2ff4233499391653df7aefcbc13fc51568
                    """))
        #expect(
            hash(Self.message, key: Self.key)
                == bytes(
                    """
                    142709d62e28fcccd0af97fad0f8465b971e82201dc51070faa0372aa43e9248
                    4be1c1e73ba10906d5d1853db6a4106e0a7bf9800d373d6dee2d46d62ef2a461
                    """))
    }

    @Test func `Shorter digests are their own hashes`() {
        let key = Array(UInt8(0)...31)
        #expect(
            hash(Array(UInt8(0)...199), key: key, count: 32)
                == bytes("a39ff6e7e838226fd50e24a55375ff3a39419fd93e32cc463f3f74323291c425"))
        #expect(
            hash(Array(UInt8(0)...99), key: key, count: 24)
                == bytes("6d0ddc177ac55c0c7c1272e95ec6e7e52f597121a82a8d05"))
    }

    @Test(arguments: [0, 1, 63, 64, 127, 128, 129, 255])
    func `Pieces give the digest of the whole`(split: Int) {
        let whole = hash(Self.message, key: Self.key)
        let streamed = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 1)
        defer { streamed.deallocate() }
        Self.message.withUnsafeBytes { message in
            let first = UnsafeRawBufferPointer(rebasing: message[..<split])
            let second = UnsafeRawBufferPointer(rebasing: message[split...])
            Self.key.withUnsafeBytes { key in
                var hash = KeyedHash(key: key, digestCount: 64)
                hash.update(first)
                hash.update(second)
                hash.finish(into: streamed)
            }
        }
        #expect(Array(streamed) == whole)
    }
}
