import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl can`: whether somebody may do something.
struct CanCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "can",
        abstract: "Say whether somebody may read or write keys.",
        usage: "vaultctl can PRINCIPAL... \(AccessQuestion.usage)",
        discussion: """
            Exits with 0 for yes and with 4 for no, and says why. Several principals are one \
            connection that has all of them. The name of a user with a password may stand alone. \
            Everyone may ask about themselves, administrators about anybody.

            EXAMPLES
              vaultctl can uid:1000 read app/web/ --prefix
              vaultctl can uid:1000 gid:1000 unit:web.service get db/password
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var question: AccessQuestion

    func validate() throws {
        guard try !question.parsed().who.isEmpty else {
            throw CommandFailure(
                .usage, "nobody is named",
                nextStep: "name a principal, or ask about yourself with 'vaultctl policy explain'")
        }
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let (who, need) = try question.parsed()
        let response = try await vault.explain(AccessQuestion.request(who, need))
        try report(ExplainReport.sentence(response), to: &output) {
            ExplainReport.write(response, who: who, need: need, to: &$0)
        }
        return response.allowed ? .done : .denied
    }
}
