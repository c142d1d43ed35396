import ArgumentParser
import VaultAPI
import VaultClient

/// Numbers of key slots for the shell's completion; silent about every failure, as `KeyCompletion`.
enum SlotCompletion {
    static func numbers(_ arguments: [String], _: Int, _ prefix: String) async -> [String] {
        do {
            let vault = try await CompletionVault.connect(arguments)
            return try await vault.status().slots.map { String($0.id) }
                .filter { $0.hasPrefix(prefix) }
        } catch {
            return []
        }
    }
}
