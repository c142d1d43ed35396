import ArgumentParser
import VaultClient

/// Names of roles for the shell's completion; silent about every failure, as `KeyCompletion`.
enum RoleCompletion {
    static func names(_ arguments: [String], _: Int, _ prefix: String) async -> [String] {
        do {
            let roles = try await CompletionVault.connect(arguments).roleList()
            return UserCompletion.offered(roles, prefix)
        } catch {
            return []
        }
    }
}
