import Glibc

/// The editor that somebody has chosen.
struct TextEditor {
    /// As the shell takes it: a program, perhaps with options.
    let command: String
    /// What keeps it from writing the text elsewhere, where that is known.
    let options: [String]

    /// - Parameters:
    ///   - variables: looked at in this order, as by every other program.
    ///   - isBinary: what it edits is no text, and must not be converted.
    init(variables: [String] = ["VISUAL", "EDITOR"], isBinary: Bool) {
        let chosen = variables.lazy.compactMap { name in
            getenv(name).map { String(cString: $0) }
        }.first { $0.contains { !$0.isWhitespace } }
        command = chosen ?? "vi"
        options = Self.options(for: Self.program(of: command), isBinary: isBinary)
    }

    /// Runs it on a file, with the terminal to itself.
    ///
    /// - Returns: how it ended, as waitpid(2) says it.
    func edit(_ text: EditedText) throws(CommandFailure) -> Int32 {
        var environment = ChildEnvironment(without: ["TMPDIR"])
        // For copies of their own: what a filter is fed with, what is spelled.
        environment.set("TMPDIR", text.directory)
        // Where it can, the shell becomes the editor, so that signals reach that.
        let word = Self.isSimple(command) ? "exec " : ""
        let shell = ["/bin/sh", "-c", word + command + " \"$@\"", "vaultctl"]
        return try ChildProcess.run(shell + options + [text.path], environment)
    }

    /// Whether it is a program with options, and nothing that only a shell can do.
    static func isSimple(_ command: String) -> Bool {
        let words = command.split { $0 == " " || $0 == "\t" }
        guard let first = words.first, !first.contains("=") else { return false }
        return words.allSatisfy { ShellWord.quoted("./" + $0) == "./" + $0 }
    }

    /// vim copies what it edits into a swap file, backups and the file of an undo, and keeps what
    /// was yanked in its viminfo; emacs writes copies where its user likes. Said at last, so that
    /// it overrules that.
    static func options(for program: String, isBinary: Bool) -> [String] {
        // Said before the file is opened, which is when it is decided.
        if program == "emacs" || program.hasPrefix("emacs-") {
            return ["--eval", "(setq auto-save-default nil make-backup-files nil)"]
        }
        let names: Set = ["vim", "nvim", "gvim", "rvim", "vimx"]
        guard names.contains(program) || program.hasPrefix("vim.") else { return [] }
        // With a window of its own vim returns at once otherwise, and the file is gone.
        return (isBinary ? ["-b"] : []) + (program == "nvim" ? [] : ["-f"]) + [
            "-n", "-i", "NONE", "-c",
            "silent! set noswapfile nobackup nowritebackup noundofile",
        ]
    }

    /// The name of the program behind the first word, all links followed: `vi` may be anybody's.
    private static func program(of command: String) -> String {
        guard let word = command.split(whereSeparator: \.isWhitespace).first.map(String.init) else {
            return ""
        }
        let directories = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        let candidates =
            word.contains("/")
            ? [word] : directories.split(separator: ":").map { "\($0)/\(word)" }
        for candidate in candidates where access(candidate, X_OK) == 0 {
            guard let path = realpath(candidate, nil) else { continue }
            defer { free(path) }
            return String(cString: path).split(separator: "/").last.map(String.init) ?? word
        }
        return word
    }
}
