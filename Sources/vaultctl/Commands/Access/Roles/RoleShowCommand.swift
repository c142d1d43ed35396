import ArgumentParser
import VaultClient

/// `vaultctl role show`: what a role allows.
struct RoleShowCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what a role allows.",
        discussion: """
            What a principal was allowed is a role of that name. Exits with 3 when there is no \
            such role.

            EXAMPLES
              vaultctl role show web
              vaultctl role show uid:1000
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The role's name.", completion: .custom(RoleCompletion.names))
    var name: String

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let role: RoleListing
        do throws(VaultClientError) {
            role = RoleListing(name: name, permissions: try await vault.roleGet(name))
        } catch {
            throw AccessFailure.failure(after: error, role: name)
        }
        switch options.output {
        case .table: try output.write(RoleListing.table([role]))
        case .json:
            var json = JSONWriter()
            role.write(to: &json)
            try output.write(document: &json)
        }
        return .done
    }
}
