import ArgumentParser
import FoundationEssentials
import VaultAPI
import VaultClient

/// `vaultctl role revoke`: what a role may no longer do.
struct RoleRevokeCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take from a role what it may do with keys.",
        usage: "vaultctl role revoke ROLE KEY \(RangeOptions.usage)",
        discussion: """
            Takes back a permission for exactly these keys, as 'vaultctl role show' names them. \
            Exits with 3 when there is none.

            EXAMPLES
              vaultctl role revoke web app/web/ --prefix
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The role's name.", completion: .custom(RoleCompletion.names))
    var role: String

    @Argument(
        help: "The key's name, or where a range begins.",
        completion: .custom(KeyCompletion.names))
    var key: String

    @OptionGroup var keys: RangeOptions

    func validate() throws { _ = try keys.range(from: key) }

    func request(_ range: KeyRange) -> Etcdserverpb_AuthRoleRevokePermissionRequest {
        var request = Etcdserverpb_AuthRoleRevokePermissionRequest()
        request.role = role
        request.key = Data(range.key)
        request.rangeEnd = Data(range.end)
        return request
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let range = try keys.range(from: key)
        do throws(VaultClientError) {
            try await vault.roleRevoke(request(range))
        } catch {
            throw AccessFailure.failure(after: error, role: role, range: range)
        }
        try report(
            "role \(KeyName.shown(role)) has no permission of its own for \(range.shown) any more",
            to: &output
        ) {
            $0.field("role", role)
            range.write(to: &$0)
        }
        return .done
    }
}
