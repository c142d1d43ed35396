import Glibc

/// The marks on archives that are to go: small files `NAME.prune` beside them, which hold the time.
public enum PruneMarks {
    private static let suffix = ".prune"

    static func fileName(for name: String) -> String { name + suffix }

    /// By archive: when it was marked, in milliseconds since 1970. A mark that holds no time, or
    /// is no plain file, counts as none, and is then written anew: the grace period starts again.
    public static func read(in files: any BackupFiles) throws(BackupError) -> [String: Int64] {
        do throws(FileFault) {
            var marks: [String: Int64] = [:]
            for name in try files.names() where name.hasSuffix(suffix) && !name.hasPrefix(".") {
                marks[String(name.dropLast(suffix.count))] = try time(in: name, of: files)
            }
            return marks
        } catch { throw error.error(in: files.path) }
    }

    private static func time(
        in name: String, of files: any BackupFiles
    ) throws(FileFault) -> Int64? {
        do throws(FileFault) {
            let bytes = try files.contents(of: name, limit: BackupLimits.markBytesMax) ?? []
            guard bytes.last == 0x0A else { return nil }
            return UTCTime.milliseconds(String(decoding: bytes.dropLast(), as: UTF8.self))
        } catch {
            if [EFBIG, ELOOP, EINVAL].contains(error.code) { return nil }
            throw error
        }
    }

    static func write(
        _ name: String, at time: Int64, in files: any BackupFiles
    ) throws(BackupError) {
        try AtomicFile.write(
            Array((UTCTime.text(time) + "\n").utf8), to: fileName(for: name), replacing: true,
            in: files)
    }
}
