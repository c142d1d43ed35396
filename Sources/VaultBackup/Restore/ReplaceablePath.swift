#if canImport(Glibc)
    import Glibc
#endif

/// Whether others could put something else in the place of a directory while it is worked on.
///
/// A restore makes and removes files by their paths. In a directory of another user's, that user
/// exchanges the last part of the path for a link when the restore is under way, and has it work
/// wherever they like: as root, when root restores.
enum ReplaceablePath {
    /// The user that stands for all who have no number in this user namespace: in one that has
    /// not all users, whoever owns the system outside. Elsewhere it is a user like others.
    private static let unmapped: uid_t = 65_534
    private static let isPartOfTheUsers: Bool = {
        let descriptor = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &bytes, bytes.count)
        let words = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
            .split(whereSeparator: \.isWhitespace)
        return words != ["0", "0", "4294967295"]
    }()

    /// The first directory above `path`, as it is written or as links lead to it, that somebody
    /// besides root and this user may change; nil when there is none.
    static func culprit(above path: String) -> String? {
        var parts = path.split(separator: "/").map(String.init)
        guard !parts.isEmpty else { return nil }
        parts.removeLast()
        let start = path.hasPrefix("/") ? "" : working() + "/"
        let written = start + (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
        if let found = firstChangeable(of: written) { return found }
        guard let resolved = realpath(written, nil) else { return nil }
        defer { free(resolved) }
        return firstChangeable(of: String(cString: resolved))
    }

    private static func working() -> String {
        guard let name = getcwd(nil, 0) else { return "" }
        defer { free(name) }
        return String(cString: name)
    }

    private static func firstChangeable(of path: String) -> String? {
        var prefix = ""
        if isChangeable("/") { return "/" }
        for part in path.split(separator: "/") {
            prefix += "/" + part
            if isChangeable(prefix) { return prefix }
        }
        return nil
    }

    private static func isChangeable(_ path: String) -> Bool {
        var status = stat()
        // What is not there, whoever uses it will be told.
        guard lstat(path, &status) == 0 else { return false }
        let isForeign = status.st_uid != 0 && status.st_uid != geteuid()
        if isForeign, status.st_uid != unmapped || !isPartOfTheUsers { return true }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_mode & 0o1000 == 0 else {
            return false
        }
        // A volume in Kubernetes belongs to root and to a group that the pod's user is in.
        return status.st_mode & 0o002 != 0 || status.st_mode & 0o020 != 0 && !isOurs(status.st_gid)
    }

    private static func isOurs(_ group: gid_t) -> Bool {
        if group == getegid() { return true }
        let count = getgroups(0, nil)
        guard count > 0 else { return false }
        var groups = [gid_t](repeating: 0, count: Int(count))
        return getgroups(count, &groups) >= 0 && groups.contains(group)
    }
}
