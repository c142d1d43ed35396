import Glibc
import VaultBackup

/// A private directory of a drill; gone when nobody holds it.
final class ScratchDirectory {
    let path: String

    /// Makes it below `parent`, or where temporary files belong.
    init(in parent: String?) throws(BackupError) {
        let base = parent ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        guard let path = DirectoryTree.make(in: base, prefix: "vd") else {
            throw .inconclusive(
                "no scratch directory can be made in \(base): \(SystemFailure.text(errno)); "
                    + "name another with --scratch")
        }
        self.path = path
    }

    deinit { remove() }

    func remove() { DirectoryTree.remove(path) }

    var exists: Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }
}
