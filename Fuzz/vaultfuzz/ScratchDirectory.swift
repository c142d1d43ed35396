import Glibc

/// A directory in memory, which goes with the process.
final class ScratchDirectory {
    /// A failure of the machine, not of what is tested.
    struct Failure: Error {
        var call: String
        var code: Int32
    }

    let path: String

    init() throws {
        path = "/dev/shm/vaultfuzz.\(getpid())"
        try Self.removeAll(path)
        guard mkdir(path, 0o700) == 0 else { throw Failure(call: "mkdir", code: errno) }
    }

    deinit { removeContent() }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Empties it.
    func removeContent() {
        do { try Self.removeAll(path, keepsTop: true) } catch { preconditionFailure("\(error)") }
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure(call: "open", code: errno) }
        defer { close(file) }
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else {
            throw Failure(call: "write", code: errno)
        }
    }

    private static func removeAll(_ path: String, keepsTop: Bool = false) throws {
        guard let stream = opendir(path) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name == "." || name == ".." { continue }
            let inner = "\(path)/\(name)"
            if entry.pointee.d_type == UInt8(DT_DIR) {
                try removeAll(inner)
            } else {
                guard unlink(inner) == 0 else { throw Failure(call: "unlink", code: errno) }
            }
        }
        guard keepsTop || rmdir(path) == 0 else { throw Failure(call: "rmdir", code: errno) }
    }
}
