import ArgumentParser
import VaultClient

/// Names of users and principals for the shell's completion; silent about every failure, as
/// `KeyCompletion`.
enum UserCompletion {
    static let namesMax = 200
    private static let kinds = ["uid:", "user:", "gid:", "group:", "unit:"]

    /// Users that exist, principals among them.
    static func names(_ arguments: [String], _: Int, _ prefix: String) async -> [String] {
        do {
            let users = try await CompletionVault.connect(arguments).userList()
            return offered(users, prefix)
        } catch {
            return []
        }
    }

    /// Principals that have been allowed something, and how others begin.
    static func principals(_ arguments: [String], _ index: Int, _ prefix: String) async -> [String]
    {
        let known = await names(arguments, index, prefix).filter { $0.contains(":") }
        return known.isEmpty ? offered(kinds, prefix) : known
    }

    /// For commands that take principals, an action and a key, in that order.
    static func question(_ arguments: [String], _ index: Int, _ prefix: String) async -> [String] {
        let actions = AccessAction.allCases.map(\.rawValue)
        // The word under completion is the last one.
        if arguments.dropLast().contains(where: actions.contains) {
            return await KeyCompletion.names(arguments, index, prefix)
        }
        return await names(arguments, index, prefix) + offered(kinds + actions, prefix)
    }

    /// Names that a shell can take as they are. Colons part words in some shells, whose own
    /// completion scripts deal with that.
    static func offered(_ names: [String], _ prefix: String) -> [String] {
        Array(
            names.filter { $0.hasPrefix(prefix) && $0 == ShellWord.quoted($0) }.prefix(namesMax))
    }
}
