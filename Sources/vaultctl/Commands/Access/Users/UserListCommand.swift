import ArgumentParser
import VaultAccess
import VaultClient

/// `vaultctl user list`: which users there are.
struct UserListCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List all users, principals among them, and their roles.",
        discussion: """
            EXAMPLES
              vaultctl user list
              vaultctl -o json user list | jq -r '.users[].user'
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        var users: [(name: String, roles: [String])] = []
        for name in try await vault.userList() {
            if let roles = try await roles(of: name, on: vault) { users.append((name, roles)) }
        }
        switch options.output {
        case .table:
            guard !users.isEmpty else { return .done }
            try output.write(Self.table(users))
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("users") { json in
                    for user in users { Self.write(user.name, user.roles, to: &json) }
                }
            }
            try output.write(document: &json)
        }
        return .done
    }

    static func table(_ users: [(name: String, roles: [String])]) -> String {
        var table = Table([
            .init(title: "USER"), .init(title: "KNOWN BY"), .init(title: "ROLES"),
        ])
        return table.rendered(
            users.map { user in
                let roles = user.roles.map { TerminalText.escaped($0.utf8) }
                return [
                    TerminalText.escaped(user.name.utf8),
                    Principal(user.name) == nil ? "password" : "kernel",
                    roles.isEmpty ? "-" : roles.joined(separator: ", "),
                ]
            })
    }

    private static func write(_ name: String, _ roles: [String], to json: inout JSONWriter) {
        json.object { json in
            json.field("user", name)
            json.field("principal", Principal(name) != nil)
            json.field("roles") { json in roles.forEach { json.string($0) } }
        }
    }

    /// The roles of a user; nil when it was removed meanwhile.
    private func roles(
        of name: String, on vault: VaultConnection
    ) async throws(VaultClientError) -> [String]? {
        do {
            return try await vault.userGet(name)
        } catch {
            guard error.message.hasSuffix("user name not found") else { throw error }
            return nil
        }
    }
}
