/// Why a data directory is not used. `description` names the path, what was found and what to do.
public enum DataDirectoryError: Error, Equatable, Sendable, CustomStringConvertible {
    case notADirectory(path: String)
    /// A symbolic link, device or other thing stands where a plain file belongs.
    case wrongKind(path: String, wanted: String)
    case wrongOwner(path: String, found: UInt32, wanted: UInt32)
    case looseMode(path: String, found: UInt16, wanted: UInt16)
    /// Another vaultd holds the lock.
    case inUse(path: String)
    /// `CURRENT` is not what vaultd writes.
    case damaged(path: String, what: String)
    /// Written by a newer vaultd.
    case unsupportedFormat(path: String, version: Int)
    /// There is a vault, but its keyring, or the file that says whose keys these are, is gone.
    case incomplete(path: String)
    case system(path: String, operation: String, errno: Int32)

    public var description: String {
        switch self {
        case .notADirectory(let path):
            "\(path) is not a directory; name another with --data-dir"
        case .wrongKind(let path, let wanted):
            "\(path) is not \(wanted); move it away"
        case .wrongOwner(let path, let found, let wanted):
            "\(path) belongs to uid \(found), wanted uid \(wanted); run: chown \(wanted) \(path)"
        case .looseMode(let path, let found, let wanted):
            "\(path) has mode \(octal(found)), wanted \(octal(wanted)) or less; "
                + "run: chmod \(octal(wanted)) \(path)"
        case .inUse(let path):
            "\(path) is in use by another vaultd; stop that one or name another directory"
        case .damaged(let path, let what):
            "\(path) is damaged: \(what); restore a backup"
        case .unsupportedFormat(let path, let version):
            "\(path) has format \(version), this vaultd knows format 1; install a newer vaultd"
        case .incomplete(let path):
            "\(path) is missing, and nothing opens the vault without it; put it back or restore a "
                + "backup"
        case .system(let path, let operation, let errno):
            "\(operation) \(path): \(systemErrorText(errno)); check the path and its permissions"
        }
    }

    private func octal(_ mode: UInt16) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
