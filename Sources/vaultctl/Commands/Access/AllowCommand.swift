import ArgumentParser
import FoundationEssentials
import VaultAPI
import VaultClient

/// `vaultctl allow`: gives a principal a permission.
struct AllowCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "allow",
        abstract: "Let a principal read or write keys.",
        usage: "vaultctl allow \(GrantArguments.usage)",
        discussion: """
            A principal is somebody whom the kernel vouches for: uid:1000, user:alice, gid:1000, \
            group:staff or unit:web.service. No password is needed. Whoever has several of them \
            may do what any of them may.

            'read' is to read values and list names, 'write' to put and delete, and 'get' to read \
            a key whose name is known, and list nothing. Nobody but administrators may do \
            anything until it is allowed.

            EXAMPLES
              vaultctl allow uid:1000 read app/web/ --prefix
              vaultctl allow unit:web.service get db/user db/password
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var grant: GrantArguments

    func request(_ range: KeyRange) -> Vault_V1_AllowRequest {
        var request = Vault_V1_AllowRequest()
        request.principal = grant.principal
        request.action = grant.action.message
        request.key = Data(range.key)
        request.rangeEnd = Data(range.end)
        return request
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let principal = try PrincipalName.parse(grant.principal)
        if let doubt = PrincipalName.doubt(principal) ?? PrincipalName.absence(principal) {
            StandardError.note(doubt)
        }
        try await grant.change(options.output, &output) { range in
            try await vault.allow(request(range))
        } sentence: { range, response in
            let may = "\(grant.principal) may \(grant.action.rawValue) \(range.shown)"
            return response.changed ? may : may + " already"
        } json: { range, response, json in
            grant.write(range, to: &json)
            json.field("changed", response.changed)
            json.field("auth_revision", response.authRevision)
        }
        return .done
    }
}
