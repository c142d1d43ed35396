import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl lease list`: which leases there are.
struct LeaseListCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List all leases.",
        discussion: """
            What is over first comes first. 'vaultctl lease show ID --keys' names the keys of one.

            EXAMPLES
              vaultctl lease list
              vaultctl -o json lease list | jq -r '.leases[].lease'
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let found = try await vault.leaseLeases()
        var glances: [Etcdserverpb_LeaseTimeToLiveResponse] = []
        for lease in found.leases {
            var request = Etcdserverpb_LeaseTimeToLiveRequest()
            request.id = lease.id
            let glance = try await vault.leaseTimeToLive(request)
            // It ended meanwhile.
            if glance.ttl >= 0 { glances.append(glance) }
        }
        switch options.output {
        case .table:
            guard !glances.isEmpty else { return .done }
            try output.write(Self.table(glances))
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("revision", found.header.revision)
                $0.field(
                    "leases",
                    array: { leases in
                        for lease in glances { LeaseShowCommand.write(lease, to: &leases) }
                    })
            }
            try output.write(document: &json)
        }
        return .done
    }

    static func table(_ leases: [Etcdserverpb_LeaseTimeToLiveResponse]) -> String {
        var table = Table([
            .init(title: "LEASE"), .init(title: "GRANTED", alignment: .right),
            .init(title: "REMAINING", alignment: .right),
        ])
        return table.rendered(
            leases.map {
                [
                    Quantity.lease($0.id), Quantity.seconds($0.grantedTtl),
                    Quantity.seconds($0.ttl),
                ]
            })
    }
}
