import ArgumentParser

/// What follows `vaultctl help`: the names of commands, which the parser's scripts do not offer.
enum HelpCompletion {
    /// What is typed behind `help`, and what can come next: `("backup", "create verify ...")`.
    private static var topics: [(typed: String, names: String)] {
        topics(of: Vaultctl.self, typed: "")
    }

    private static func topics(
        of command: any ParsableCommand.Type, typed: String
    ) -> [(typed: String, names: String)] {
        let below = command.configuration.subcommands
        guard !below.isEmpty else { return [] }
        let names = below.compactMap { $0.configuration.commandName }
        return [(typed, names.joined(separator: " "))]
            + below.flatMap {
                let name = $0.configuration.commandName ?? ""
                return topics(of: $0, typed: typed.isEmpty ? name : "\(typed) \(name)")
            }
    }

    /// `__vaultctl_topics TYPED` for bash and zsh.
    static var function: String {
        let cases = topics.map { "    '\($0.typed)') echo '\($0.names)' ;;\n" }.joined()
        return "__vaultctl_topics() {\n    case \"${1}\" in\n\(cases)    esac\n}\n"
    }

    static var fishFunction: String {
        let cases = topics.map { "    case '\($0.typed)'\n        echo '\($0.names)'\n" }.joined()
        return "function __vaultctl_topics\n    switch \"$argv\"\n\(cases)    end\nend\n"
    }
}
