import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl policy explain`: which rules decide.
struct PolicyExplainCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show which rules decide whether somebody may read or write keys.",
        usage: "vaultctl policy explain [PRINCIPAL...] \(AccessQuestion.usage)",
        discussion: """
            Without a principal it is about you. Several principals are one connection that has \
            all of them. Shows the rules that allow it or, when it is refused, those that come \
            nearest. Exits with 0 either way; 'vaultctl can' tells scripts yes from no.

            EXAMPLES
              vaultctl policy explain read app/web/ --prefix
              vaultctl policy explain uid:1000 write app/web/config
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var question: AccessQuestion

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let (who, need) = try question.parsed()
        let response = try await vault.explain(AccessQuestion.request(who, need))
        switch options.output {
        case .table: try output.write(ExplainReport.table(response))
        case .json:
            var json = JSONWriter()
            json.object { ExplainReport.write(response, who: who, need: need, to: &$0) }
            try output.write(document: &json)
        }
        return .done
    }
}
