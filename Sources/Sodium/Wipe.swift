import CSodium

/// Overwrites `bytes` with zeros in a way that the compiler does not remove (`sodium_memzero`).
public func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    // SAFETY: the buffer is the caller's, valid for `count` bytes.
    unsafe sodium_memzero(start, bytes.count)
}

/// Overwrites the array's own storage. An array that shares it is copied first, and the other
/// copy stays as it is: wipe the only owner.
public func wipe(_ bytes: inout [UInt8]) {
    unsafe bytes.withUnsafeMutableBytes { unsafe wipe($0) }
}

/// Whether both have the same bytes, in a time that depends on the sizes only (`sodium_memcmp`).
public func isEqualInConstantTime(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
) -> Bool {
    guard left.count == right.count else { return false }
    guard let first = left.baseAddress, let second = right.baseAddress else { return true }
    // SAFETY: both buffers are valid for the same count.
    return unsafe sodium_memcmp(first, second, left.count) == 0
}

/// Overwrites what functions that have returned left on this thread's stack: halves of keys that
/// were in registers and spilled. Call it where a thread has done with keys, at the same depth as
/// what used them.
public func wipeStack() {
    // Argon2id and X25519 take the most, about 20 KiB.
    sodium_stackzero(64 << 10)
}
