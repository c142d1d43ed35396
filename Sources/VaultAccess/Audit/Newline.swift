import Glibc

/// Finding the ends of lines.
enum Newline {
    /// Where the first newline at or behind `start` is; nil when there is none.
    static func first(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress,
            let found = memchr(base + start, Int32(UInt8(ascii: "\n")), bytes.count - start)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }
}
