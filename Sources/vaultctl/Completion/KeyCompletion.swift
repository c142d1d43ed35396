import ArgumentParser
import FoundationEssentials
import VaultAPI
import VaultClient

/// Names of keys for the shell's completion. Silent about every failure: a shell has no place
/// for messages there.
enum KeyCompletion {
    private static let namesMax: Int64 = 200

    static func names(_ arguments: [String], _: Int, _ prefix: String) async -> [String] {
        do {
            let vault = try await CompletionVault.connect(arguments)
            var request = Etcdserverpb_RangeRequest()
            (request.key, request.rangeEnd) = KeyName.range(prefix: Array(prefix.utf8))
            request.limit = namesMax
            request.keysOnly = true
            let response = try await vault.range(request)
            return response.kvs.compactMap { name(of: [UInt8]($0.key)) }
        } catch {
            return []
        }
    }

    /// The part of the line that says which vault is meant.
    static func socketArguments(_ arguments: [String]) -> [String] {
        if let index = arguments.lastIndex(of: "--socket"), index + 1 < arguments.count {
            return ["--socket", arguments[index + 1]]
        }
        if let argument = arguments.last(where: { $0.hasPrefix("--socket=") }) {
            return [argument]
        }
        return []
    }

    /// Names that a shell can take as they are.
    static func name(of key: [UInt8]) -> String? {
        guard let name = String(validating: key, as: UTF8.self),
            name == ShellWord.quoted(name), !name.contains(":")
        else { return nil }
        return name
    }
}
