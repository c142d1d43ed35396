import Glibc

/// A directory of one test's own: a short path (a socket's is limited to 107 bytes), mode 0700,
/// removed with the last reference to it unless `VAULT_KEEP` is set.
public final class TemporaryDirectory: Sendable {
    /// The absolute path, without a trailing slash.
    public let path: String

    /// Creates the directory under `/tmp`.
    public init() throws {
        var template = Array("/tmp/vt.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Files.failure("cannot create a directory in /tmp")
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        if Environment.text("VAULT_KEEP") != nil { return print("kept \(path)") }
        TemporaryDirectory.remove(path)
    }

    /// The path of `name` inside the directory.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Removes a file, or a directory with all that is in it. What is not there is not missed.
    public static func remove(_ path: String) {
        if Files.isDirectory(path) {
            for name in (try? Files.names(in: path)) ?? [] { remove("\(path)/\(name)") }
            rmdir(path)
        } else {
            unlink(path)
        }
    }
}
