import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl defragment`: gives back what compaction has freed.
struct DefragmentCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "defragment",
        abstract: "Rewrite the data file without the room that removed records left.",
        discussion: """
            Reads go on meanwhile, and writes wait only for the last moment. It needs as much free \
            disk as the records take. The room is used again by itself, so that this is worth its \
            while only after a large compaction.

            EXAMPLES
              vaultctl compact 1200 && vaultctl defragment
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let before = try await vault.maintenanceStatus().dbSize
        try await vault.defragment()
        let after = try await vault.maintenanceStatus().dbSize
        switch options.output {
        case .table:
            try output.write(
                "defragmented: the file had \(Quantity.bytes(before)), "
                    + "now \(Quantity.bytes(after))\n")
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("file_bytes_before", before)
                $0.field("file_bytes", after)
            }
            try output.write(document: &json)
        }
        return .done
    }
}
