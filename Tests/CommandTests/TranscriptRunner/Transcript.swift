import VaultTestSupport

/// A session at a shell, as text that a person can read:
///
///     servers: etcd dev
///
///     # What the next commands show.
///     $ etcdctl put a 1
///     OK
///     $ etcdctl get nothing --rev 9
///     ! Error: etcdserver: mvcc: required revision is a future revision
///     exit 1
///
/// Lines after a command are its standard output, lines with `! ` its standard error. `> `
/// continues the command. `<name>` stands for any text, the same one wherever the name is used
/// again; `<any>` for any text at all. `[dev]` before a command limits it to that server. `% `
/// tells the stage, not the shell, what to do: see `TranscriptStage.direct`. `needs: root` below
/// `servers:` is for sessions in which root becomes other users. Files called `soak-...` take
/// minutes and are left out of a normal run.
struct Transcript {
    /// One command and what it must do.
    struct Step {
        var line: Int
        var command: String
        /// It is said to the stage.
        var isDirection = false
        var onlyOn: String?
        var output: [String] = []
        var errors: [String] = []
        /// Nil when any failure will do.
        var status: Int32? = 0
    }

    let name: String
    private(set) var servers: [String] = []
    private(set) var needsRoot = false
    private(set) var steps: [Step] = []

    /// Reads a transcript file.
    init(path: String) throws {
        name = String(path.split(separator: "/").last ?? "")
        var onlyOn: String?
        let text = try Files.text(path)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let line = String(line)
            if let rest = line.after("$ ") {
                steps.append(Step(line: index + 1, command: rest, onlyOn: onlyOn))
                onlyOn = nil
            } else if let rest = line.after("% ") {
                steps.append(Step(line: index + 1, command: rest, isDirection: true))
            } else if line.hasPrefix(">"), !steps.isEmpty {
                steps[steps.count - 1].command += "\n" + (line.after("> ") ?? "")
            } else if let rest = line.after("servers: ") {
                servers = rest.split(separator: " ").map(String.init)
            } else if line == "needs: root" {
                needsRoot = true
            } else if let server = line.bracketedWord {
                onlyOn = server
            } else if let rest = line.after("exit "), !steps.isEmpty {
                // `exit <any>`: that it fails matters, not how.
                steps[steps.count - 1].status = rest == "<any>" ? nil : Int32(rest)
            } else if let rest = line.after("! "), !steps.isEmpty {
                steps[steps.count - 1].errors.append(rest)
            } else if !line.isEmpty, !line.hasPrefix("#") {
                guard !steps.isEmpty else {
                    throw TestFailure("\(name):\(index + 1): output before any command")
                }
                // A lone `.` is an empty line of output: empty lines only set steps apart.
                steps[steps.count - 1].output.append(line == "." ? "" : line)
            }
        }
        guard !servers.isEmpty, !steps.isEmpty else {
            throw TestFailure("\(name): no `servers:` line or no commands")
        }
    }
}

extension String {
    /// `dev` of the line `[dev]`, nil for every other line.
    var bracketedWord: String? {
        let word = dropFirst().dropLast()
        let isWord =
            hasPrefix("[") && hasSuffix("]") && word.allSatisfy { $0.isLetter || "-+".contains($0) }
        return isWord && !word.isEmpty ? String(word) : nil
    }

    /// What follows `prefix`, nil when the text does not begin with it.
    func after(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
