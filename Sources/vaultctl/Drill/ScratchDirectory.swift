import Glibc
import VaultBackup

/// A private directory of a drill; gone when nobody holds it.
final class ScratchDirectory {
    let path: String

    /// Makes it below `parent`, or where temporary files belong.
    init(in parent: String?) throws(BackupError) {
        let base = parent ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/vd.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw .inconclusive(
                "no scratch directory can be made in \(base): \(SystemFailure.text(errno)); "
                    + "name another with --scratch")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { remove() }

    func remove() { Self.remove(path) }

    var exists: Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private static func remove(_ path: String) {
        if let stream = opendir(path) {
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                guard name != ".", name != ".." else { continue }
                if unlink(path + "/" + name) != 0 { remove(path + "/" + name) }
            }
            closedir(stream)
        }
        rmdir(path)
    }
}
