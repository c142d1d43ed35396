import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl keyslot replace`: exchanges a key.
struct KeySlotReplaceCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Exchange what opens a slot of the unsealed vault.",
        discussion: """
            The old key opens nothing from then on; at no moment is there no slot. The new slot \
            has a number of its own. Takes the options of 'keyslot add'.

            EXAMPLES
              vaultctl keyslot replace 1
              vaultctl keyslot replace 3 --shares 5 --threshold 3
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var new: NewSlotOptions

    @Argument(help: "The number of the slot.", completion: .custom(SlotCompletion.numbers))
    var id: UInt32

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let plan = try await KeySlotReport.collect(new, on: vault)
        let response: Vault_V1_AddSlotResponse
        do {
            response = try await vault.replaceSlot(id: id, with: try plan.onlySlot())
        } catch let error as VaultClientError { throw plan.abandon(after: error) }
        try KeySlotReport.write(
            response, saying: "replaced slot \(id) by slot \(response.slot.id)", options, &output)
        return .done
    }
}
