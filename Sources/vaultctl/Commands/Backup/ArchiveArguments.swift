import Glibc

/// Archives that are named on the command line.
enum ArchiveArguments {
    /// A directory is no damaged archive: it was meant to be all that are in it.
    static func check(_ paths: some Sequence<String>) throws(CommandFailure) {
        for path in paths {
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { continue }
            let shown = ShellWord.quoted(TerminalText.escaped(path.utf8))
            throw CommandFailure(
                .usage, "\(shown) is a directory",
                nextStep: "name the archives in it: \(shown)/*.vab")
        }
    }
}
