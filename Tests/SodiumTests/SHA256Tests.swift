import Sodium
import Testing

/// The vectors of FIPS 180-4's examples.
@Suite("SHA-256")
struct SHA256Tests {
    private func hash(_ parts: [[UInt8]]) -> [UInt8] {
        var hash = SHA256()
        for part in parts { part.withUnsafeBytes { hash.update($0) } }
        return hash.finish()
    }

    @Test func `The published vectors are reproduced`() {
        #expect(
            hash([Array("abc".utf8)])
                == bytes("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
        #expect(
            hash([])
                == bytes("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
    }

    @Test func `Pieces hash as the whole`() {
        let text = Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)
        let whole = bytes("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(hash([text]) == whole)
        #expect(hash([Array(text[..<7]), [], Array(text[7...])]) == whole)
    }
}
