import Glibc
public import VaultSeal

extension AuditLog {
    /// Bytes of a file, from its end, that are looked through for a line with a revision.
    private static let searchedBytesMax: Int64 = 4 << 20

    /// The newest revision of the store that a line of the log in `directory` tells of, among
    /// lines that have a MAC under one of the keys; nil when there is none near the end.
    ///
    /// A line is written after its revision was on the disk, so the store may never be before it,
    /// however late the log is synchronized: what a power cut takes from the log only makes the
    /// revision older. Reads files; not on an event loop.
    public static func newestRevision(
        in directory: String, keys: AuditKeys
    ) throws(AuditError) -> Int64? {
        if let found = try newestRevision(of: directory + "/" + AuditFileName.current, keys) {
            return found
        }
        // It was just begun: the end of the one before.
        guard let last = lastRotated(in: directory) else { return nil }
        return try newestRevision(of: directory + "/" + AuditFileName.rotated(last), keys)
    }

    private static func lastRotated(in directory: String) -> UInt64? {
        guard let stream = opendir(directory) else { return nil }
        defer { closedir(stream) }
        var last: UInt64?
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let first = AuditFileName.firstSequence(in: name) { last = max(last ?? 0, first) }
        }
        return last
    }

    private static func newestRevision(
        of path: String, _ keys: AuditKeys
    ) throws(AuditError) -> Int64? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .system(errno: errno, operation: "open \(path)")
        }
        let file = AuditFile(descriptor: descriptor)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .system(errno: errno, operation: "read \(path)")
        }
        let start = max(0, Int64(status.st_size) - searchedBytesMax)
        var search = AuditRevisionSearch(keys: keys)
        _ = try AuditLines.forEach(in: file, from: start) { line, _ in search.take(line) }
        return search.newest
    }
}
