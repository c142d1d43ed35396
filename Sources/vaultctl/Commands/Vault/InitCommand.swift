import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl init`: creates the keys of a new vault.
struct InitCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Create the keys of a new vault.",
        discussion: """
            Each option adds a key slot; any one slot opens the vault. Asks for a passphrase when \
            no option is given. A key file that does not exist is made: 32 random bytes, mode \
            0600. Shares are printed once and kept nowhere: give each to another person. The vault \
            is unsealed afterwards when a passphrase or a key file was given, sealed otherwise.

            A key file alone is lost with the machine unless there is a copy elsewhere; the output \
            says so. Add a way to recover: a passphrase, shares or a recovery key.

            EXAMPLES
              vaultctl init                                    asks for a passphrase
              vaultctl init --passphrase-file p --keyfile k    both, k for unattended restarts
              vaultctl init --shares 5 --threshold 3            any three of five people
              vaultctl init --keyfile k --recipient vdr1-...    a recovery key kept elsewhere
              vaultctl init --administrator uid:1000            who may do everything
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var credential: CredentialOptions
    @OptionGroup var slots: SlotOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Who may do everything, beside root and the daemon's user: uid:N, user:NAME, gid:N, "
                + "group:NAME or unit:NAME.service. May be repeated.",
            valueName: "principal"),
        completion: .list(["uid:", "user:", "gid:", "group:", "unit:"]))
    var administrator: [String] = []

    func validate() throws {
        for name in administrator {
            _ = try PrincipalName.parse(
                name, forUsers: "write user:NAME for the system's user of that name")
        }
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        // Before anything is asked or written: a vault is initialised once.
        guard try await !vault.status().initialized else {
            throw CommandFailure(
                .failed, "the vault is initialised already",
                nextStep: "see 'vaultctl status'")
        }
        var plan = InitPlan(administrators: administrator)
        try plan.collect(from: credential, slots)
        let response: Vault_V1_InitResponse
        do {
            response = try await vault.initialize(plan.request)
        } catch {
            throw plan.abandon(after: error)
        }
        switch options.output {
        case .table: try output.write(InitReport.table(response, plan: plan))
        case .json:
            var json = JSONWriter()
            InitReport.write(response, to: &json)
            try output.write(document: &json)
        }
        return .done
    }
}
