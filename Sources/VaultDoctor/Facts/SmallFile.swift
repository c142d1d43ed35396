import Glibc

/// Reads what the kernel and administrators say in files of a few lines.
enum SmallFile {
    /// More than any of them has.
    private static let bytesMax = 1 << 18

    /// The text without the line end at its end; nil when there is no such file, or it may not be
    /// read.
    static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        var count = 0
        while count < bytes.count {
            // The kernel answers in pieces of its own choice.
            let result = bytes.withUnsafeMutableBytes { buffer in
                read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
            }
            guard result >= 0 else { return nil }
            if result == 0 { break }
            count += result
        }
        while count > 0, bytes[count - 1] == UInt8(ascii: "\n") { count -= 1 }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    static func number(_ path: String) -> Int? { text(path).flatMap { Int($0) } }

    /// The names in a directory, sorted, without "." and ".."; nil when it may not be read.
    static func names(in directory: String) -> [String]? {
        guard let stream = opendir(directory) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            // The end and an error differ in this alone.
            errno = 0
            guard let entry = readdir(stream) else { return errno == 0 ? names.sorted() : nil }
            // SAFETY: the name is terminated and valid until the next `readdir`.
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
    }
}
