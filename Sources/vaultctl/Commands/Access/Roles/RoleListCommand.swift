import ArgumentParser
import VaultClient

/// `vaultctl role list`: which roles there are, and what they allow.
struct RoleListCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List all roles, and what they allow.",
        discussion: """
            A line a permission; its keys as 'vaultctl role revoke' takes them.

            EXAMPLES
              vaultctl role list
              vaultctl -o json role list | jq -r '.roles[].role'
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        var roles: [RoleListing] = []
        for name in try await vault.roleList() {
            if let role = try await Self.role(name, of: vault) { roles.append(role) }
        }
        switch options.output {
        case .table:
            guard !roles.isEmpty else { return .done }
            try output.write(RoleListing.table(roles))
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("roles") { json in roles.forEach { $0.write(to: &json) } }
            }
            try output.write(document: &json)
        }
        return .done
    }

    /// A role; nil when it was removed meanwhile, or is one that never had to be made, as etcd's
    /// `root`.
    static func role(
        _ name: String, of vault: VaultConnection
    ) async throws(VaultClientError) -> RoleListing? {
        do {
            return RoleListing(name: name, permissions: try await vault.roleGet(name))
        } catch {
            guard error.message.hasSuffix("role name not found") else { throw error }
            return nil
        }
    }
}
