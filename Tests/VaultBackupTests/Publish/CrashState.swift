import Glibc
import VaultTestSupport

/// What is found after one power cut.
struct CrashState: Hashable {
    var files: [String: [UInt8]] = [:]
    var directories: Set<String> = []
    /// Whether somebody was told before that it was done.
    var isAcknowledged = false

    /// Makes it so, in an empty directory.
    func write(to path: String) throws {
        for name in directories.sorted() { mkdir("\(path)/\(name)", 0o700) }
        for (name, bytes) in files { try Files.write(bytes, to: "\(path)/\(name)") }
    }

    /// For messages.
    var summary: String {
        (directories.sorted().map { "\($0)/" }
            + files.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value.count) bytes)" })
            .joined(separator: ", ") + (isAcknowledged ? ", acknowledged" : "")
    }
}
