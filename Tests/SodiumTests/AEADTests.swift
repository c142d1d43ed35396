import Sodium
import Testing

/// The vector of draft-irtf-cfrg-xchacha-03, appendix A.3.1.
@Suite("XChaCha20-Poly1305")
struct AEADTests {
    let plaintext = Array(
        ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for "
            + "the future, sunscreen would be it.").utf8)
    let associatedData = bytes("50515253c0c1c2c3c4c5c6c7")
    let key = Array(UInt8(0x80)...0x9f)
    let nonce = Array(UInt8(0x40)...0x57)
    let sealed = bytes(
        """
        bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb
        731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452
        2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9
        21f9664c97637da9768812f615c68b13b52e
        c0875924c1c7987947deafd8780acf49
        """)

    @Test func `The published vector is reproduced`() {
        #expect(
            encrypt(plaintext, key: key, nonce: nonce, associatedData: associatedData) == sealed)
        var residue: [UInt8] = []
        #expect(
            decrypt(
                sealed, key: key, nonce: nonce, associatedData: associatedData, residue: &residue)
                == plaintext)
    }

    @Test func `Every flipped bit is refused and leaves zeros, not plaintext`() {
        var residue: [UInt8] = []
        for bit in 0..<(sealed.count * 8) {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let opened = decrypt(
                changed, key: key, nonce: nonce, associatedData: associatedData,
                residue: &residue)
            #expect(opened == nil, "bit \(bit)")
            #expect(residue == [UInt8](repeating: 0, count: plaintext.count))
        }
    }

    @Test func `Another key, nonce or associated data is refused`() {
        var residue: [UInt8] = []
        func refuses(key: [UInt8]? = nil, nonce: [UInt8]? = nil, data: [UInt8]? = nil) -> Bool {
            decrypt(
                sealed, key: key ?? self.key, nonce: nonce ?? self.nonce,
                associatedData: data ?? associatedData, residue: &residue) == nil
        }
        for index in key.indices {
            var other = key
            other[index] ^= 1
            #expect(refuses(key: other))
        }
        for index in nonce.indices {
            var other = nonce
            other[index] ^= 1
            #expect(refuses(nonce: other))
        }
        #expect(refuses(data: []))
        #expect(refuses(data: associatedData + [0]))
        #expect(refuses(data: associatedData.dropLast()))
        #expect(!refuses())
    }

    @Test(arguments: 0..<32)
    func `A truncated message is refused`(count: Int) {
        var residue: [UInt8] = []
        let opened = decrypt(
            Array(sealed.prefix(count)), key: key, nonce: nonce, associatedData: associatedData,
            residue: &residue)
        #expect(opened == nil)
    }

    @Test func `An empty plaintext has a tag of its own`() {
        let empty = encrypt([], key: key, nonce: nonce, associatedData: associatedData)
        #expect(empty.count == AEAD.tagCount)
        var residue: [UInt8] = []
        #expect(
            decrypt(
                empty, key: key, nonce: nonce, associatedData: associatedData, residue: &residue)
                == [])
        #expect(
            decrypt(empty, key: key, nonce: nonce, associatedData: [], residue: &residue) == nil)
    }

    // Short messages are opened in fewer steps than libsodium takes: sizes on both sides of every
    // step, of every multiple of 16, and of the largest that is short.
    @Test(arguments: [0, 1, 12, 16, 63, 64, 65, 200])
    func `What libsodium sealed is opened, whatever its size`(associatedCount: Int) {
        let data = (0..<associatedCount).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var residue: [UInt8] = []
        for count in 0...1100 {
            let text = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
            let sealed = encrypt(text, key: key, nonce: nonce, associatedData: data)
            let opened = decrypt(
                sealed, key: key, nonce: nonce, associatedData: data, residue: &residue)
            #expect(opened == text, "\(count) bytes")
        }
    }

    @Test(arguments: [0, 64])
    func `A change at any size is refused and leaves zeros`(associatedCount: Int) {
        let data = [UInt8](repeating: 9, count: associatedCount)
        var residue: [UInt8] = []
        func refuses(_ sealed: [UInt8], _ data: [UInt8]) -> Bool {
            let opened = decrypt(
                sealed, key: key, nonce: nonce, associatedData: data, residue: &residue)
            return opened == nil && residue.allSatisfy { $0 == 0 }
        }
        for count in 1...1100 {
            let sealed = encrypt(
                [UInt8](repeating: 5, count: count), key: key, nonce: nonce, associatedData: data)
            for index in [0, count / 2, count - 1, count, sealed.count - 1] {
                var changed = sealed
                changed[index] ^= 0x80
                #expect(refuses(changed, data), "byte \(index) of \(count)")
            }
            #expect(refuses(sealed, data + [0]), "\(count) bytes, more associated data")
            // The zeros that fill up the last 16 bytes are no part of the message.
            #expect(refuses(Array(sealed.prefix(count)) + [0] + sealed.suffix(16), data))
        }
    }

    @Test(arguments: [1, 16, 580, 960, 4000])
    func `A message is opened where it lies`(count: Int) throws {
        let text = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        var sealed = encrypt(text, key: key, nonce: nonce, associatedData: associatedData)
        try sealed.withUnsafeMutableBytes { sealed in
            try key.withUnsafeBytes { key in
                try nonce.withUnsafeBytes { nonce in
                    try associatedData.withUnsafeBytes { associatedData in
                        try AEAD.decrypt(
                            UnsafeRawBufferPointer(sealed), into: sealed, key: key, nonce: nonce,
                            associatedData: associatedData)
                    }
                }
            }
        }
        #expect(Array(sealed.prefix(count)) == text)
    }
}
