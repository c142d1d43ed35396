import Glibc
import VaultBackup

/// Archives that are named on the command line.
enum ArchiveArguments {
    /// The archive at `path`, or all that are in the directory there. One that cannot be read is
    /// an error, and so is a directory without any: nothing of it was checked.
    static func archives(_ path: String) throws -> [ArchiveFile] {
        guard isDirectory(path) else { return [try ArchiveFile(path: path)] }
        let found = try ArchiveDirectory(path)
        if let problem = found.problems.first { throw problem.error }
        guard !found.archives.isEmpty else {
            throw BackupError.incompleteChain(
                "there is no archive in \(TerminalText.escaped(path.utf8)); "
                    + "name the directory of the archives")
        }
        return found.archives
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// A directory is no damaged archive: it was meant to be all that are in it.
    static func check(_ paths: some Sequence<String>) throws(CommandFailure) {
        for path in paths {
            guard isDirectory(path) else { continue }
            let shown = ShellWord.quoted(TerminalText.escaped(path.utf8))
            throw CommandFailure(
                .usage, "\(shown) is a directory",
                nextStep: "name the archives in it: \(shown)/*.vab")
        }
    }
}
