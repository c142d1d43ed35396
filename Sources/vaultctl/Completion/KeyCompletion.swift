import ArgumentParser
import VaultClient

/// Names of keys for the shell's completion. Silent about every failure: a shell has no place
/// for messages there.
enum KeyCompletion {
    static func names(_ arguments: [String], _: Int, _ prefix: String) async -> [String] {
        do {
            let vault = try await CompletionVault.connect(arguments)
            // As it is typed: a space that belongs to the name has a backslash, which no name has
            // that is offered.
            let beginning = Array(prefix.replacing("\\ ", with: " ").utf8)
            return try await KeyNames(vault: vault, beginning: beginning).offered()
                .compactMap(name)
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

    /// Names that mean the same to every shell as they stand, but for spaces inside of them, which
    /// each shell's script quotes. No shell is given others: what it does not quote rightly, it
    /// would run.
    static func name(of key: [UInt8]) -> String? {
        guard let name = String(validating: key, as: UTF8.self), !name.isEmpty,
            !name.hasPrefix("-"), !name.hasPrefix(" "), !name.hasSuffix(" "),
            name.unicodeScalars.allSatisfy(isPlain)
        else { return nil }
        return name
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        if !scalar.isASCII {
            let isSeen = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            return isSeen && !scalar.properties.isDefaultIgnorableCodePoint
        }
        let character = Character(scalar)
        return character.isLetter || character.isNumber || "/._-+:=@%, ".contains(character)
    }
}
