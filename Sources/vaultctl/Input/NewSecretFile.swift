import Glibc

/// A file with a new key: its owner's alone, never in the place of another file, and on the disk,
/// name included, when `create` returns.
enum NewSecretFile {
    static func create(
        _ path: String, what: String, _ bytes: UnsafeRawBufferPointer
    ) throws(CommandFailure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            guard errno != EEXIST else {
                throw CommandFailure(
                    .failed, "\(path) is there already, and is not overwritten",
                    nextStep: "name a new file")
            }
            throw failure("create", what, path)
        }
        defer { Glibc.close(descriptor) }
        do throws(CommandFailure) {
            let written = write(descriptor, bytes.baseAddress, bytes.count)
            // The umask may have taken the owner's own rights away.
            guard written == bytes.count, fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0
            else { throw failure("write", what, path) }
            try synchronizeDirectory(of: path, what)
        } catch {
            unlink(path)
            throw error
        }
    }

    private static func synchronizeDirectory(
        of path: String, _ what: String
    ) throws(CommandFailure) {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { path[..<$0].isEmpty ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open the directory of", what, path) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw failure("synchronise the directory of", what, path)
        }
    }

    private static func failure(_ verb: String, _ what: String, _ path: String) -> CommandFailure {
        CommandFailure(.failed, "cannot \(verb) \(what) \(path): \(SystemFailure.text(errno))")
    }
}
