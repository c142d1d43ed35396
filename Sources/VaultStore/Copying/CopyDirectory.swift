import VaultSeal

#if canImport(Glibc)
    import Glibc
#endif

/// A directory below the data directory in which a second file is made; gone when nobody holds it.
///
/// Each has a name of its own, so that whoever cleans up late cannot meet another's.
struct CopyDirectory: ~Copyable {
    private static let prefix = "copy."
    private static let fileNames = ["data.mdb", "lock.mdb", PowerCut.fileName]

    let path: String

    init(in directory: String) throws(StoreError) {
        let path = directory + "/" + Self.prefix + Self.hexadecimal(.random(in: .min ... .max))
        guard mkdir(path, 0o700) == 0 else {
            throw errno == ENOSPC || errno == EDQUOT
                ? .diskFull : .storage("\(path) cannot be made (errno \(errno))")
        }
        self.path = path
    }

    deinit {
        Self.remove(path)
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// When `replace` has moved the files away there is nothing left to remove.
    private static func remove(_ path: String) {
        for name in fileNames { unlink(path + "/" + name) }
        rmdir(path)
    }

    /// Removes what a process that was killed has left in `directory`.
    static func removeLeftovers(in directory: String) {
        for name in DirectoryNames.readable(directory) where name.hasPrefix(prefix) {
            remove(directory + "/" + name)
        }
    }

    /// Throws `.diskFull` unless `bytes` fit beside what the vault needs to go on.
    static func checkRoom(for bytes: Int64, in directory: String) throws(StoreError) {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return }
        let free = Int64(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int64(clamping: status.f_frsize))
        let available = free.overflow ? Int64.max : free.partialValue
        guard available - Limits.copyReserveBytes >= bytes else { throw .diskFull }
    }
}
