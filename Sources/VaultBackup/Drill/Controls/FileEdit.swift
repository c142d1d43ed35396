import Glibc

/// A change of a file that was copied: how an archive is broken.
enum FileEdit {
    /// Turns bits of one byte around.
    case flip(at: Int64, mask: UInt8)
    case put([UInt8], at: Int64)
    case cut(to: Int64)
    case append([UInt8])

    /// False when the file cannot be changed so; `errno` says why.
    func apply(to descriptor: Int32) -> Bool {
        switch self {
        case .flip(let place, let mask):
            var byte: UInt8 = 0
            guard pread(descriptor, &byte, 1, off_t(place)) == 1 else { return false }
            byte ^= mask
            return pwrite(descriptor, &byte, 1, off_t(place)) == 1
        case .put(let bytes, let place):
            return bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(place)) == $0.count
            }
        case .cut(let size): return ftruncate(descriptor, off_t(size)) == 0
        case .append(let bytes):
            return lseek(descriptor, 0, SEEK_END) >= 0
                && bytes.withUnsafeBytes {
                    Glibc.write(descriptor, $0.baseAddress, $0.count) == $0.count
                }
        }
    }
}
