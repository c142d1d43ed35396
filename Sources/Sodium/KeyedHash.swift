import CSodium

/// BLAKE2b (`crypto_generichash`), with a key or without, in one call or in pieces.
///
/// See https://doc.libsodium.org/hashing/generic_hashing and RFC 7693.
@safe
public struct KeyedHash: ~Copyable {
    /// The sizes that a digest may have.
    public static let digestCounts = 16...64
    /// The sizes that a key may have.
    public static let keyCounts = 16...64

    // SAFETY: a `crypto_generichash_state`, owned by this value alone.
    private let state: OpaquePointer
    private let digestCount: Int

    /// Begins a digest of `digestCount` bytes. An empty `key` means none.
    public init(key: UnsafeRawBufferPointer, digestCount: Int) {
        unsafe Self.check(key, digestCount)
        // libsodium's state wants an alignment of 64 bytes.
        unsafe state = OpaquePointer(
            UnsafeMutableRawPointer.allocate(
                byteCount: crypto_generichash_statebytes(), alignment: 64))
        self.digestCount = digestCount
        _ = unsafe crypto_generichash_init(
            state, key.octets, key.count,
            digestCount)
    }

    deinit {
        // SAFETY: the state can hold key material; it is wiped before it is freed.
        unsafe sodium_memzero(UnsafeMutableRawPointer(state), crypto_generichash_statebytes())
        unsafe UnsafeMutableRawPointer(state).deallocate()
    }

    /// Takes in more of the message.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        // SAFETY: the buffer is the caller's, valid for `count` bytes.
        _ = unsafe crypto_generichash_update(
            state, start.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
    }

    /// Ends the message and writes its digest to `output`, which has the size asked for.
    public consuming func finish(into output: UnsafeMutableRawBufferPointer) {
        guard output.count == digestCount, let digest = unsafe output.octets else {
            preconditionFailure("wrong digest size")
        }
        _ = unsafe crypto_generichash_final(
            state, digest, output.count)
    }

    /// The digest of `message` in one call, written to `output`. An empty `key` means none.
    public static func digest(
        of message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) {
        unsafe check(key, output.count)
        guard let digest = unsafe output.octets else { preconditionFailure("wrong digest size") }
        // SAFETY: every size is passed with its pointer, and libsodium takes nil for empty.
        _ = unsafe crypto_generichash(
            digest, output.count, message.octets, UInt64(message.count),
            key.octets, key.count)
    }

    private static func check(_ key: UnsafeRawBufferPointer, _ digestCount: Int) {
        precondition(key.count == 0 || keyCounts.contains(key.count), "wrong key size")
        precondition(digestCounts.contains(digestCount), "wrong digest size")
    }
}
