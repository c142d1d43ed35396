import Glibc

/// What killed publishers left behind.
public enum Leftovers {
    /// Removes the temporary files of publishers that are no more, and returns their names. Those
    /// of living ones are locked and stay, and so does everything that is not named like ours.
    @discardableResult
    public static func remove(in files: any BackupFiles) throws(BackupError) -> [String] {
        do throws(FileFault) {
            var removed: [String] = []
            for name in try files.names() where TemporaryName.finalName(of: name) != nil {
                if try removeIfAbandoned(name, in: files) { removed.append(name) }
            }
            if !removed.isEmpty {
                try files.patiently { () throws(FileFault) in try files.synchronizeDirectory() }
            }
            return removed
        } catch { throw error.error(in: files.path) }
    }

    private static func removeIfAbandoned(
        _ name: String, in files: any BackupFiles
    ) throws(FileFault) -> Bool {
        let file: Int32
        do throws(FileFault) {
            file = try files.patiently { () throws(FileFault) in
                try files.open(name, appending: false)
            }
        } catch {
            // Published or removed meanwhile, or a link or directory that only has the name.
            if [ENOENT, ELOOP, EINVAL].contains(error.code) { return false }
            throw error
        }
        defer { files.close(file) }
        guard try files.lock(file) else { return false }
        try files.patiently { () throws(FileFault) in try files.remove(name) }
        return true
    }
}
