import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl lease show`: how long a lease has.
struct LeaseShowCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show how long a lease has, and which keys are on it.",
        discussion: """
            Exits with 3 when there is no such lease.

            EXAMPLES
              vaultctl lease show 694d8ea2b1c0f5e3 --keys
              vaultctl -o json lease show 694d8ea2b1c0f5e3 | jq .remaining_seconds
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(
        help: "The lease's number, in hexadecimal.", completion: .custom(LeaseCompletion.numbers))
    var id: LeaseArgument

    @Flag(name: .long, help: "Show the names of the keys, too.")
    var keys = false

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        var request = Etcdserverpb_LeaseTimeToLiveRequest()
        request.id = id.identifier
        request.keys = keys
        let found = try await vault.leaseTimeToLive(request)
        guard found.ttl >= 0 else { throw id.isGone }
        switch options.output {
        case .table: try output.write(Self.fields(found, withKeys: keys))
        case .json:
            var json = JSONWriter()
            Self.write(found, withKeys: keys, to: &json)
            try output.write(document: &json)
        }
        return .done
    }

    static func fields(
        _ found: Etcdserverpb_LeaseTimeToLiveResponse, withKeys: Bool
    ) -> String {
        var list = FieldList()
        list.add("lease", Quantity.lease(found.id))
        list.add("granted", Quantity.seconds(found.grantedTtl))
        list.add("remaining", Quantity.seconds(found.ttl))
        guard withKeys else { return list.rendered() }
        list.add("keys", found.keys.first.map { TerminalText.escaped($0) } ?? "-")
        for key in found.keys.dropFirst() { list.add("", TerminalText.escaped(key)) }
        return list.rendered()
    }

    static func write(
        _ found: Etcdserverpb_LeaseTimeToLiveResponse, withKeys: Bool = false,
        to json: inout JSONWriter
    ) {
        json.object {
            $0.field(lease: found.id)
            $0.field("granted_seconds", found.grantedTtl)
            $0.field("remaining_seconds", found.ttl)
            guard withKeys else { return }
            $0.field(
                "keys",
                array: { keys in
                    for key in found.keys {
                        keys.object {
                            $0.field("key", bytes: [UInt8](key), encodingField: "key_encoding")
                        }
                    }
                })
        }
    }
}
