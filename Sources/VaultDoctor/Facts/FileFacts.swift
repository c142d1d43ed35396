import Glibc

/// What is at a path, without following it.
public struct FileFacts: Equatable, Sendable {
    public enum Kind: Sendable { case file, directory, socket, link, other }

    public var path: String
    public var kind: Kind
    public var userID: UInt32
    /// The lowest twelve bits.
    public var mode: UInt32
    /// The number of the file system.
    public var device: UInt64
    /// Seconds since 1970.
    public var modified: Int64

    public init(
        path: String, kind: Kind, userID: UInt32, mode: UInt32, device: UInt64 = 1,
        modified: Int64 = 0
    ) {
        self.path = path
        self.kind = kind
        self.userID = userID
        self.mode = mode
        self.device = device
        self.modified = modified
    }

    /// Looks; nil when there is nothing, or it is in a directory that may not be entered.
    public static func read(_ path: String) -> FileFacts? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        let kind: Kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFSOCK: .socket
            case S_IFLNK: .link
            default: .other
            }
        return FileFacts(
            path: path, kind: kind, userID: status.st_uid, mode: status.st_mode & 0o7777,
            device: UInt64(status.st_dev), modified: Int64(status.st_mtim.tv_sec))
    }

    /// "0640"
    var modeText: String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
