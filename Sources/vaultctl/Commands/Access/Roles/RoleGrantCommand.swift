import ArgumentParser
import FoundationEssentials
import VaultAPI
import VaultClient

/// `vaultctl role grant`: lets a role do something.
struct RoleGrantCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Let a role read or write keys.",
        usage: "vaultctl role grant ROLE read|write|readwrite|get KEY \(RangeOptions.usage)",
        discussion: """
            Replaces what the role may do with exactly these keys: after 'read' and then 'write' \
            it may only write. 'get' is to read a key whose name is known, and list nothing.

            EXAMPLES
              vaultctl role grant web read app/web/ --prefix
              vaultctl role grant backup readwrite '' --prefix
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The role's name.", completion: .custom(RoleCompletion.names))
    var role: String

    @Argument(help: "read, write, both, or get: what can be named.")
    var permission: PermissionType

    @Argument(
        help: "The key's name, or where a range begins.",
        completion: .custom(KeyCompletion.names))
    var key: String

    @OptionGroup var keys: RangeOptions

    func validate() throws { _ = try keys.range(from: key) }

    func message(_ range: KeyRange) -> Authpb_Permission {
        var message = Authpb_Permission()
        message.permType = permission.message
        message.key = Data(range.key)
        message.rangeEnd = Data(range.end)
        return message
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let range = try keys.range(from: key)
        RangeOptions.noteIfEverything(range)
        do throws(VaultClientError) {
            try await vault.roleGrant(message(range), to: role)
        } catch {
            throw AccessFailure.failure(after: error, role: role, range: range)
        }
        let shown = "role \(KeyName.shown(role)) may \(permission.rawValue) \(range.shown)"
        try report(shown, to: &output) {
            $0.field("role", role)
            $0.field("permission", permission.rawValue)
            range.write(to: &$0)
        }
        return .done
    }
}
