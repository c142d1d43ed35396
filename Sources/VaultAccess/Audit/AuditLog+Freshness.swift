import Glibc
public import VaultSeal

extension AuditLog {
    /// Bytes of a file that are looked through at a time, from its end.
    private static let searchedBytes: Int64 = 4 << 20

    /// A line is checked with the one before it, so that each piece begins two lines before the
    /// end of the next.
    private static let sharedBytes = 2 * Int64(AuditLimits.lineBytesMax + 1)

    /// The newest revision of the store that the head or a line tells of, with a MAC under one of
    /// the keys; nil when there is none. The head is the one that this process knows: nothing that
    /// is done to lines, or to the head's file meanwhile, hides what it says.
    ///
    /// Throws `.system` for a log that cannot be read. Reads files; not on an event loop.
    public func newestRevision(_ keys: AuditKeys) throws(AuditError) -> Int64? {
        let (told, directory) = headRevision(keys)
        // A kill or a power cut may leave lines that the head does not know of.
        let seen = try Self.newestRevision(in: directory, keys: keys)
        return [told, seen].compactMap(\.self).max()
    }

    /// The newest revision of the store that a line of the log in `directory` tells of, among
    /// lines that have a MAC under one of the keys; nil when there is none.
    ///
    /// A line is written after its revision was on the disk, so the store may never be before it,
    /// however late the log is synchronized: what a power cut takes from the log only makes the
    /// revision older. Looks as far back as it has to: calls that change nothing leave lines as
    /// well, and anybody who may connect can make any number of them. Reads files; not on an event
    /// loop.
    static func newestRevision(
        in directory: String, keys: AuditKeys
    ) throws(AuditError) -> Int64? {
        if let found = try newestRevision(of: directory + "/" + AuditFileName.current, keys) {
            return found
        }
        for first in try rotated(in: directory).sorted(by: >) {
            let path = directory + "/" + AuditFileName.rotated(first)
            if let found = try newestRevision(of: path, keys) { return found }
        }
        return nil
    }

    /// The numbers of the files that were finished, in no order.
    private static func rotated(in directory: String) throws(AuditError) -> [UInt64] {
        do throws(DirectoryNames.Failure) {
            return try DirectoryNames.list(directory).compactMap(AuditFileName.firstSequence)
        } catch {
            if error.errno == ENOENT { return [] }
            throw .system(errno: error.errno, operation: "list \(directory)")
        }
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
        var end = Int64(status.st_size)
        while end > 0 {
            let start = max(0, end - searchedBytes)
            var search = AuditRevisionSearch(keys: keys)
            _ = try AuditLines.forEach(in: file, from: start, limit: Int(end - start)) { line, _ in
                search.take(line)
            }
            if let newest = search.newest { return newest }
            end = start == 0 ? 0 : start + sharedBytes
        }
        return nil
    }
}
