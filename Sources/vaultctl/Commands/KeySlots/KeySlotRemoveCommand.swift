import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl keyslot remove`: takes a key's power away.
struct KeySlotRemoveCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a slot of the unsealed vault, but never the last one.",
        discussion: """
            Its key opens nothing from then on. Test another one first: 'vaultctl keyslot test'. \
            Exits with 3 when there is no such slot.

            EXAMPLES
              vaultctl keyslot remove 1
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The number of the slot.", completion: .custom(SlotCompletion.numbers))
    var id: UInt32

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        try await vault.removeSlot(id: id)
        try report("removed slot \(id)", to: &output) { $0.field("removed", id) }
        guard try await vault.status().slots.contains(where: \.survivesMachine) else {
            StandardError.note(
                "no slot is left that opens the vault when this machine is lost; add one with "
                    + "'vaultctl keyslot add'")
            return .done
        }
        return .done
    }
}
