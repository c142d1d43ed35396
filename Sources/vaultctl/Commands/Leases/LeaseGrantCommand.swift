import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl lease grant`: makes a lease.
struct LeaseGrantCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Make a lease.",
        discussion: """
            The vault chooses its number unless --id does. A time of less than 2 seconds is \
            raised to that.

            EXAMPLES
              vaultctl lease grant 3600
              vaultctl lease grant 8d
              lease=$(vaultctl -o json lease grant 60 | jq -r .lease)
            """)

    /// etcd's bound, a few centuries.
    static let secondsMax: Int64 = 9_000_000_000

    @OptionGroup var options: GlobalOptions

    @Argument(
        help: ArgumentHelp("How long it lasts: seconds, or 15m, 26h, 8d.", valueName: "time"))
    var time: TimeSpan

    @Option(
        name: .long,
        help: ArgumentHelp("The number that it shall have, in hexadecimal.", valueName: "id"))
    var id: LeaseArgument?

    func validate() throws {
        let seconds = time.seconds
        guard seconds > 0, seconds <= Self.secondsMax else {
            throw CommandFailure(
                .usage, "the time of a lease is 1 to \(Self.secondsMax) seconds, not \(seconds)",
                nextStep: "choose one in between")
        }
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        var request = Etcdserverpb_LeaseGrantRequest()
        request.ttl = time.seconds
        request.id = id?.identifier ?? 0
        let granted: Etcdserverpb_LeaseGrantResponse
        do throws(VaultClientError) {
            granted = try await vault.leaseGrant(request)
        } catch {
            throw failure(after: error)
        }
        switch options.output {
        case .table:
            let time = Quantity.seconds(granted.ttl)
            try output.write("granted lease \(Quantity.lease(granted.id)) for \(time)\n")
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field(lease: granted.id)
                $0.field("granted_seconds", granted.ttl)
            }
            try output.write(document: &json)
        }
        return .done
    }

    private func failure(after error: VaultClientError) -> CommandFailure {
        guard let id, error.message.hasSuffix("lease already exists") else {
            return CommandFailure(error)
        }
        return CommandFailure(
            .failed, "lease \(id.shown) exists already",
            nextStep: "choose another number, or let the vault choose one")
    }
}
