import ArgumentParser

/// The words of a command line that name a command, followed from the root down.
struct CommandWords {
    /// The commands as far as they exist: `["backup", "list"]`.
    private(set) var known: [String] = []
    /// The word that names no command where one must stand.
    private(set) var unknown: String?
    /// The names that it could have had.
    private(set) var choices: [String] = []

    /// Options that may stand before the command, and have a value behind them.
    private static let withValue: Set<String> = [
        "--socket", "-o", "--output", "--user", "--user-password-file",
    ]

    init(_ arguments: [String]) {
        var below = Vaultctl.configuration.subcommands
        var isValue = false
        for word in arguments.prefix(while: { $0 != "--" }) {
            if isValue {
                isValue = false
            } else if word.hasPrefix("-") {
                isValue = Self.withValue.contains(word)
            } else if let next = below.first(where: { $0.configuration.commandName == word }) {
                known.append(word)
                below = next.configuration.subcommands
            } else if below.isEmpty {
                // An argument of the command's.
                break
            } else if !known.isEmpty || word != "help" {
                unknown = word
                choices = below.compactMap { $0.configuration.commandName }
                break
            }
        }
    }

    /// Where the command that is meant explains itself.
    var help: String {
        if known.isEmpty { return "see 'vaultctl --help'" }
        return "see 'vaultctl help \(known.joined(separator: " "))'"
    }

    /// What to say of a word that names no command; nil when there is none.
    var failure: CommandFailure? {
        guard let unknown else { return nil }
        let before = (["vaultctl"] + known).joined(separator: " ")
        let meant = suggestion(for: unknown).map { "did you mean '\(before) \($0)'?" }
        let shown = KeyName.shown((known + [unknown]).joined(separator: " "))
        return CommandFailure(
            .usage, "there is no command '\(shown)'", nextStep: meant ?? help)
    }

    /// What other programs call our commands; the first one that there is here is meant.
    private static let synonyms = [
        "delete": ["del", "delete", "remove"], "rm": ["del", "delete", "remove"],
        "remove": ["del", "delete", "remove"], "del": ["delete", "remove"], "ls": ["list"],
        "cat": ["get", "show"], "show": ["get", "show", "list"], "read": ["get"],
        "set": ["put"], "write": ["put"], "insert": ["put"], "exec": ["run"],
        "log": ["history"], "versions": ["history"], "grant": ["allow"], "revoke": ["deny"],
        "lock": ["seal"], "unlock": ["unseal"], "check": ["verify"], "save": ["create"],
        "new": ["add", "create"], "load": ["import"], "dump": ["export"], "modify": ["edit"],
        "change": ["edit"], "defrag": ["defragment"],
    ]

    private func suggestion(for word: String) -> String? {
        if let name = Self.synonyms[word]?.first(where: choices.contains) { return name }
        let near = choices.map { (name: $0, distance: Self.distance(word, $0)) }
            .min { $0.distance < $1.distance }
        guard let near, near.distance <= (word.count > 4 ? 2 : 1) else { return nil }
        return near.name
    }

    /// How many letters have to be put in, left out or replaced.
    static func distance(_ one: String, _ other: String) -> Int {
        // No command is that long, and nothing that is much longer is near one.
        guard one.count <= 32 else { return .max }
        let letters = Array(other)
        var row = Array(0...letters.count)
        for (index, letter) in one.enumerated() {
            var before = row[0]
            row[0] = index + 1
            for place in letters.indices {
                let replaced = before + (letters[place] == letter ? 0 : 1)
                before = row[place + 1]
                row[place + 1] = min(replaced, before + 1, row[place] + 1)
            }
        }
        return row[letters.count]
    }
}
