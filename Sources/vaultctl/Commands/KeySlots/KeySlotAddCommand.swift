import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl keyslot add`: gives somebody else a key.
struct KeySlotAddCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a slot to the unsealed vault.",
        discussion: """
            Asks for a passphrase when no option is given. A key file that does not exist is made. \
            Shares are printed once and kept nowhere: give each to another person.

            EXAMPLES
              vaultctl keyslot add --label "Alice"
              vaultctl keyslot add --keyfile /etc/vaultd/vault.key
              vaultctl keyslot add --recipient vdr1-... --label "safe in the bank"
              vaultctl keyslot add --shares 5 --threshold 3
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var new: NewSlotOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let plan = try await KeySlotReport.collect(new, on: vault)
        let response: Vault_V1_AddSlotResponse
        do {
            response = try await vault.addSlot(try plan.onlySlot())
        } catch let error as VaultClientError { throw plan.abandon(after: error) }
        try KeySlotReport.write(
            response, saying: "added slot \(response.slot.id)", options, &output)
        return .done
    }
}
