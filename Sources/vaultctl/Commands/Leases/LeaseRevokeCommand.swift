import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl lease revoke`: ends a lease.
struct LeaseRevokeCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "End a lease now, and delete the keys on it.",
        discussion: """
            Exits with 3 when there is no such lease.

            EXAMPLES
              vaultctl lease revoke 694d8ea2b1c0f5e3
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(
        help: "The lease's number, in hexadecimal.", completion: .custom(LeaseCompletion.numbers))
    var id: LeaseArgument

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        var request = Etcdserverpb_LeaseRevokeRequest()
        request.id = id.identifier
        let revision: Int64
        do throws(VaultClientError) {
            revision = try await vault.leaseRevoke(request).header.revision
        } catch {
            throw id.failure(after: error)
        }
        switch options.output {
        case .table: try output.write("revoked lease \(id.shown), now at revision \(revision)\n")
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field(lease: id.identifier)
                $0.field("revision", revision)
            }
            try output.write(document: &json)
        }
        return .done
    }
}
