import VaultAPI

/// The answer to a question about access, for people and for programs.
enum ExplainReport {
    /// "yes: role uid:1000 covers it"
    static func sentence(_ response: Vault_V1_ExplainResponse) -> String {
        let answer = response.allowed ? "yes" : "no"
        return response.reason.isEmpty
            ? answer : "\(answer): \(TerminalText.escaped(response.reason.utf8))"
    }

    /// The sentence, and the rules that decide.
    static func table(_ response: Vault_V1_ExplainResponse) -> String {
        let text = sentence(response) + "\n"
        guard !response.rules.isEmpty else { return text }
        var table = Table([
            .init(title: "USER"), .init(title: "ROLE"), .init(title: "PERMISSION"),
            .init(title: "KEYS"),
        ])
        return text + "\n"
            + table.rendered(
                response.rules.map { rule in
                    [rule.user, rule.role, rule.permission].map { TerminalText.escaped($0.utf8) }
                        + [KeyRange(key: rule.key, end: rule.rangeEnd).shown]
                })
    }

    static func write(
        _ response: Vault_V1_ExplainResponse, who: [String], need: AccessNeed,
        to json: inout JSONWriter
    ) {
        json.field("principals") { json in who.forEach { json.string($0) } }
        json.field("action", need.action.rawValue)
        need.range.write(to: &json)
        json.field("allowed", response.allowed)
        json.field("reason", response.reason)
        json.field("rules") { json in
            for rule in response.rules {
                json.object {
                    $0.field("user", rule.user)
                    $0.field("role", rule.role)
                    $0.field("permission", rule.permission)
                    KeyRange(key: rule.key, end: rule.rangeEnd).write(to: &$0)
                }
            }
        }
    }
}
