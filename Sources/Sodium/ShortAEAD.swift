import CSodium

/// XChaCha20-Poly1305-IETF of short messages, opened with the same functions of libsodium that its
/// own call is made of, in fewer steps.
///
/// libsodium makes a key stream in steps of 512, 256 and 64 bytes, and of the last each takes half
/// as long as one of 512. Its own call takes one for the authenticator's key, and for a message of
/// 580 bytes two more:
///
///     libsodium:  64 | 512, 64, 4        here:  512 + 256, of which 644 are used
enum ShortAEAD {
    /// Bytes on the stack: `withUnsafeTemporaryAllocation` takes larger ones from the heap.
    private static let roomCount = 1024
    /// The least that the key stream is made of at once, if it is not to be made in small steps.
    private static let stepCount = 256
    /// The block of the key stream before that of the text; its first half is the
    /// authenticator's key.
    private static let blockCount = 64
    private static let lanes = SIMD16<UInt8>.scalarCount

    /// Whether a message of these sizes is short.
    static func takes(textCount: Int, associatedCount: Int) -> Bool {
        textCount <= roomCount - blockCount
            && padded(textCount) + associatedCount <= roomCount - 2 * lanes
    }

    /// Decrypts as `AEAD.decrypt` does; false when the message is not authentic, and nothing is
    /// written then. Sizes are the caller's to check.
    ///
    /// - Parameter sealed: the ciphertext, and the tag behind it.
    static func decrypt(
        _ sealed: UnsafeRawBufferPointer, into output: UnsafeMutableRawPointer,
        key: UnsafePointer<UInt8>, nonce: UnsafePointer<UInt8>,
        associatedData: UnsafeRawBufferPointer
    ) -> Bool {
        let textCount = sealed.count - AEAD.tagCount
        let text = unsafe UnsafeRawBufferPointer(rebasing: sealed[..<textCount])
        // SAFETY: the stream has room for the block and the text, rounded up to whole steps, and
        // `takes` said that the message has room for what the authenticator is given.
        return unsafe withUnsafeTemporaryAllocation(byteCount: roomCount, alignment: 16) { stream in
            defer { unsafe sodium_memzero(stream.baseAddress, stream.count) }
            let count = (blockCount + textCount + stepCount - 1) / stepCount * stepCount
            unsafe makeStream(
                UnsafeMutableRawBufferPointer(rebasing: stream[..<count]), key: key, nonce: nonce)
            let isAuthentic = unsafe isTag(
                UnsafeRawBufferPointer(rebasing: sealed[textCount...]), of: text, associatedData,
                key: UnsafeRawBufferPointer(stream))
            if isAuthentic {
                unsafe combine(
                    text, UnsafeRawBufferPointer(rebasing: stream[blockCount...]), into: output)
            }
            return isAuthentic
        }
    }

    /// The key stream from its first block on (draft-irtf-cfrg-xchacha-03, section 2.3): ChaCha20
    /// with a subkey of the nonce's first 16 bytes, and the other 8 as its nonce.
    private static func makeStream(
        _ stream: UnsafeMutableRawBufferPointer, key: UnsafePointer<UInt8>,
        nonce: UnsafePointer<UInt8>
    ) {
        unsafe withUnsafeTemporaryAllocation(byteCount: AEAD.keyCount + 12, alignment: 16) { room in
            defer { unsafe sodium_memzero(room.baseAddress, room.count) }
            guard let subkey = unsafe room.octets, let start = unsafe stream.octets else { return }
            let rest = unsafe subkey + AEAD.keyCount
            // SAFETY: 32 bytes of subkey, and behind them the 12 of the nonce.
            _ = unsafe crypto_core_hchacha20(subkey, nonce, key, nil)
            unsafe UnsafeMutableRawPointer(rest).storeBytes(of: 0, as: UInt32.self)
            unsafe UnsafeMutableRawPointer(rest + 4).copyMemory(from: nonce + 16, byteCount: 8)
            _ = unsafe crypto_stream_chacha20_ietf(start, UInt64(stream.count), rest, subkey)
        }
    }

    /// Whether `tag` is that of RFC 8439, section 2.8; takes the same time wherever it differs.
    private static func isTag(
        _ tag: UnsafeRawBufferPointer, of text: UnsafeRawBufferPointer,
        _ associatedData: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer
    ) -> Bool {
        unsafe withUnsafeTemporaryAllocation(byteCount: roomCount, alignment: 16) { message in
            let start = unsafe append(associatedData, to: message, at: 0)
            let end = unsafe append(text, to: message, at: start)
            unsafe message.storeBytes(
                of: UInt64(associatedData.count).littleEndian, toByteOffset: end, as: UInt64.self)
            unsafe message.storeBytes(
                of: UInt64(text.count).littleEndian, toByteOffset: end + 8, as: UInt64.self)
            guard let tag = unsafe tag.octets, let key = unsafe key.octets,
                let start = unsafe message.octets
            else { return false }
            return unsafe crypto_onetimeauth_poly1305_verify(tag, start, UInt64(end + 16), key) == 0
        }
    }

    /// Copies `bytes` with zeros behind them up to a multiple of 16; returns where they end.
    private static func append(
        _ bytes: UnsafeRawBufferPointer, to message: UnsafeMutableRawBufferPointer, at offset: Int
    ) -> Int {
        let end = offset + padded(bytes.count)
        guard end > offset else { return end }
        unsafe message.storeBytes(
            of: SIMD16<UInt8>.zero, toByteOffset: end - lanes, as: SIMD16<UInt8>.self)
        unsafe UnsafeMutableRawBufferPointer(
            rebasing: message[offset..<(offset + bytes.count)]
        ).copyMemory(from: bytes)
        return end
    }

    private static func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

    /// Writes one XOR the other; the text may lie where it is written to.
    private static func combine(
        _ text: UnsafeRawBufferPointer, _ stream: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawPointer
    ) {
        var position = 0
        while position + lanes <= text.count {
            let part = unsafe text.loadUnaligned(
                fromByteOffset: position, as: SIMD16<UInt8>.self)
            let key = unsafe stream.loadUnaligned(
                fromByteOffset: position, as: SIMD16<UInt8>.self)
            unsafe output.storeBytes(
                of: part ^ key, toByteOffset: position, as: SIMD16<UInt8>.self)
            position += lanes
        }
        while position < text.count {
            unsafe output.storeBytes(
                of: text[position] ^ stream[position], toByteOffset: position, as: UInt8.self)
            position += 1
        }
    }
}
