import CLinux
import CSodium
import Glibc

/// Key material in libsodium's guarded memory: locked against swapping, between two inaccessible
/// pages, left out of core dumps and of forked children; wiped and freed when the owner goes away.
/// Where the CPU has protection keys, no thread can read it outside of the closures below.
///
/// It has no description, no equality and cannot be encoded or copied: a secret that is printed,
/// compared in variable time or copied by accident does not compile. Each costs whole pages and
/// about 16 µs, so keep several keys in one.
@safe
public struct SecretBytes: ~Copyable, @unchecked Sendable {
    // SAFETY (@unchecked Sendable): this value owns `base` alone; writing needs `mutating`, which
    // excludes every other access, and concurrent borrows only read.
    @usableFromInline let base: UnsafeMutableRawPointer

    /// How many bytes there are.
    public let count: Int

    /// Takes `count` bytes of zeros. Throws `.outOfMemory`, or `.notLocked` when the system
    /// would not lock them.
    public init(count: Int) throws(SodiumError) {
        precondition(count >= 0, "a secret has no negative size")
        try Sodium.initialize()
        guard let base = unsafe sodium_malloc(count) else { throw .outOfMemory }
        // sodium_malloc goes on in silence when mlock is refused (seen with 1.0.18: with a limit
        // of 64 KiB, 84 of 100 allocations were not locked). Asking again tells.
        guard unsafe sodium_mlock(base, count) == 0 else {
            unsafe sodium_free(base)
            throw .notLocked
        }
        unsafe sodium_memzero(base, count)
        guard unsafe Self.protect(base, count) else {
            unsafe sodium_free(base)
            throw .outOfMemory
        }
        unsafe self.base = unsafe base
        self.count = count
    }

    /// Whether secrets cannot be read between uses, not even by this process's own mistakes.
    public static var isUnreadableBetweenUses: Bool { MemoryRights.key != nil }

    /// Puts the pages of an allocation under the protection key, and has the kernel hand them to
    /// forked children as zeros (where it can; vaultd does not fork).
    private static func protect(_ base: UnsafeMutableRawPointer, _ count: Int) -> Bool {
        let pageSize = UInt(getpagesize())
        // libsodium puts 16 bytes of its own before an allocation, and ends it with a page.
        let canaryCount: UInt = 16
        let end = UInt(bitPattern: base) + UInt(count)
        let first = (UInt(bitPattern: base) - canaryCount) / pageSize * pageSize
        let byteCount = Int((end - first + pageSize - 1) / pageSize * pageSize)
        guard let start = unsafe UnsafeMutableRawPointer(bitPattern: first) else { return false }
        // SAFETY: exactly the pages that libsodium mapped for this allocation.
        _ = unsafe madvise(start, byteCount, MADV_WIPEONFORK)
        guard let key = MemoryRights.key else { return true }
        return unsafe vault_protect_pages(start, byteCount, key) == 0
    }

    /// Takes a copy of `bytes` and overwrites the source with zeros, also when it throws.
    ///
    /// Only this array's own storage is wiped: copies made earlier are the caller's to avoid.
    public init(wiping bytes: inout [UInt8]) throws(SodiumError) {
        defer { wipe(&bytes) }
        try self.init(count: bytes.count)
        unsafe bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            let rights = MemoryRights.takeWriting()
            unsafe base.copyMemory(from: start, byteCount: source.count)
            MemoryRights.giveBack(rights)
        }
    }

    deinit {
        // SAFETY: `base` came from sodium_malloc and nobody else frees it; sodium_free wipes it.
        let rights = MemoryRights.takeWriting()
        unsafe sodium_free(base)
        MemoryRights.giveBack(rights)
    }

    /// `count` bytes from the system's source of randomness.
    public static func random(count: Int) throws(SodiumError) -> SecretBytes {
        let secret = try SecretBytes(count: count)
        let rights = MemoryRights.takeWriting()
        unsafe randombytes_buf(secret.base, count)
        MemoryRights.giveBack(rights)
        return secret
    }

    /// Lends the bytes for reading; they are valid inside `body` only.
    @inlinable
    public borrowing func withBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        let rights = MemoryRights.takeReading()
        defer { MemoryRights.giveBack(rights) }
        // SAFETY: `base` has `count` initialised bytes for as long as `self` is borrowed.
        return try unsafe body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Lends the bytes for writing; they are valid inside `body` only.
    @inlinable
    public mutating func withMutableBytes<R, E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        let rights = MemoryRights.takeWriting()
        defer { MemoryRights.giveBack(rights) }
        // SAFETY: as in `withBytes`; `mutating` excludes every other access.
        return try unsafe body(UnsafeMutableRawBufferPointer(start: base, count: count))
    }

    /// Compares in a time that depends on the sizes only (`sodium_memcmp`).
    public borrowing func isEqual(to other: borrowing SecretBytes) -> Bool {
        guard count == other.count else { return false }
        let rights = MemoryRights.takeReading()
        defer { MemoryRights.giveBack(rights) }
        return unsafe sodium_memcmp(base, other.base, count) == 0
    }

    /// Overwrites every byte with zeros now, before the memory is freed.
    public mutating func erase() {
        let rights = MemoryRights.takeWriting()
        unsafe sodium_memzero(base, count)
        MemoryRights.giveBack(rights)
    }
}
