import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl whoami`: what the vault sees of the caller.
struct WhoAmICommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami",
        abstract: "Show what the vault sees of you, and which roles that comes to.",
        discussion: """
            The kernel tells vaultd who is asking: these are the principals that can be allowed \
            something. With --user it is that user alone who decides. While the vault is sealed \
            it does not know users and roles.

            EXAMPLES
              vaultctl whoami
              vaultctl -o json whoami | jq -r '.principals[]'
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let response = try await vault.whoAmI()
        switch options.output {
        case .table: try output.write(Self.fields(response))
        case .json:
            var json = JSONWriter()
            Self.write(response, to: &json)
            try output.write(document: &json)
        }
        return .done
    }

    static func fields(_ response: Vault_V1_WhoAmIResponse) -> String {
        var fields = FieldList()
        add(response.principals, as: "principals", to: &fields)
        if !response.account.isEmpty {
            fields.add("logged in", "as \(TerminalText.escaped(response.account.utf8))")
        }
        add(response.users, as: "users", to: &fields)
        add(response.roles, as: "roles", to: &fields)
        fields.add("administrator", response.administrator ? "yes" : "no")
        fields.add("process", response.pid > 0 ? String(response.pid) : "-")
        return fields.rendered()
    }

    static func write(_ response: Vault_V1_WhoAmIResponse, to json: inout JSONWriter) {
        json.object { json in
            json.field("principals") { json in response.principals.forEach { json.string($0) } }
            json.name("account")
            if response.account.isEmpty { json.null() } else { json.string(response.account) }
            json.field("users") { json in response.users.forEach { json.string($0) } }
            json.field("roles") { json in response.roles.forEach { json.string($0) } }
            json.field("administrator", response.administrator)
            json.field("pid", response.pid)
        }
    }

    private static func add(_ names: [String], as title: String, to fields: inout FieldList) {
        fields.add(title, names.first.map { TerminalText.escaped($0.utf8) } ?? "-")
        for name in names.dropFirst() { fields.add("", TerminalText.escaped(name.utf8)) }
    }
}
