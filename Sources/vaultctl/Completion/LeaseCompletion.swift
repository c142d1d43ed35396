import ArgumentParser
import VaultAPI
import VaultClient

/// Numbers of leases for the shell's completion; silent about every failure, as `KeyCompletion`.
enum LeaseCompletion {
    private static let numbersMax = 200

    static func numbers(_ arguments: [String], _: Int, _ prefix: String) async -> [String] {
        do {
            let vault = try await CompletionVault.connect(arguments)
            let numbers = try await vault.leaseLeases().leases.map { Quantity.lease($0.id) }
            return Array(numbers.filter { $0.hasPrefix(prefix) }.prefix(numbersMax))
        } catch {
            return []
        }
    }
}
