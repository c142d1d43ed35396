import Glibc
import Testing

/// A directory of one test's own, removed with all files in it.
final class TestDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/vctl.XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                unlink("\(path)/\(name)")
            }
            closedir(directory)
        }
        rmdir(path)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and returns its path.
    func write(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws -> String {
        let path = file(name)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, mode)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(
            bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                == bytes.count)
        try #require(fchmod(descriptor, mode) == 0)
        return path
    }
}
