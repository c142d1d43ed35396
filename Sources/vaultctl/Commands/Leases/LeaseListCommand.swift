import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl lease list`: which leases there are.
struct LeaseListCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the numbers of all leases.",
        discussion: """
            What is over first comes first.

            EXAMPLES
              vaultctl lease list
              vaultctl -o json lease list | jq -r '.leases[]'
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let found = try await vault.leaseLeases()
        switch options.output {
        case .table:
            guard !found.leases.isEmpty else { return .done }
            var table = Table([.init(title: "LEASE")])
            try output.write(table.rendered(found.leases.map { [Quantity.lease($0.id)] }))
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("revision", found.header.revision)
                $0.field(
                    "leases",
                    array: { leases in
                        for lease in found.leases { leases.string(Quantity.lease(lease.id)) }
                    })
            }
            try output.write(document: &json)
        }
        return .done
    }
}
