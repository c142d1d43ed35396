import FoundationEssentials
import Glibc

/// Bytes of a secret, overwritten when they are no longer needed.
///
/// A `String` or an array would leave copies behind as it grows; this moves the bytes itself and
/// wipes where they were.
struct SecretBuffer: ~Copyable {
    private var storage: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(capacity: Int = 256) {
        storage = .allocate(byteCount: max(capacity, 1), alignment: 1)
    }

    deinit {
        Self.wipe(storage)
        storage.deallocate()
    }

    var isEmpty: Bool { count == 0 }

    mutating func append(_ byte: UInt8) {
        reserve(count + 1)
        storage[count] = byte
        count += 1
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(count + bytes.count)
        UnsafeMutableRawBufferPointer(rebasing: storage[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    /// Forgets the last bytes.
    mutating func removeLast(_ removed: Int = 1) {
        count -= min(removed, count)
    }

    /// Forgets the last character of UTF-8 text, which may have several bytes.
    mutating func removeLastCharacter() {
        while count > 0 {
            count -= 1
            // A byte 10xxxxxx continues the character before it.
            if storage[count] & 0xC0 != 0x80 { return }
        }
    }

    var endsLine: Bool { count > 0 && storage[count - 1] == UInt8(ascii: "\n") }

    /// Forgets one newline at the end, LF or CR LF.
    mutating func removeTrailingNewline() {
        guard endsLine else { return }
        count -= 1
        if count > 0, storage[count - 1] == UInt8(ascii: "\r") { count -= 1 }
    }

    borrowing func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(rebasing: storage[..<count]))
    }

    borrowing func isEqual(to other: borrowing SecretBuffer) -> Bool {
        withBytes { mine in
            other.withBytes { theirs in
                mine.count == theirs.count && mine.elementsEqual(theirs)
            }
        }
    }

    /// A copy for a message of the API. It cannot be wiped; the heap overwrites it when freed.
    borrowing func data() -> Data {
        withBytes { Data($0) }
    }

    /// Overwrites memory in a way that the optimiser must not leave out.
    static func wipe(_ memory: UnsafeMutableRawBufferPointer) {
        guard let start = memory.baseAddress else { return }
        explicit_bzero(start, memory.count)
    }

    private mutating func reserve(_ capacity: Int) {
        guard capacity > storage.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(capacity, storage.count * 2), alignment: 1)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<count]))
        Self.wipe(storage)
        storage.deallocate()
        storage = larger
    }
}
