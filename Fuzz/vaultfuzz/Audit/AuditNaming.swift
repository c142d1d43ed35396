import VaultSeal

@testable import VaultAccess

/// How the names of keys are to stand in lines, by docs/formats.md.
struct AuditNaming {
    let isPlain: Bool
    /// nil while the vault is sealed.
    let keys: AuditKeys?

    var keyNames: AuditKeyNames { isPlain ? .plain : .hashed(keys) }

    /// nil when the name is left out.
    func text(of key: [UInt8]) -> [UInt8]? {
        guard isPlain else { return keys.map { Array("h:".utf8) + Self.hash(key, $0) } }
        if key.count > AuditLimits.plainKeyBytesMax {
            let shown = key.prefix(AuditLimits.plainKeyBytesMax / 2)
            return Array("t:\(key.count):".utf8) + Self.hexadecimal(shown)
        }
        guard String(validating: key, as: UTF8.self) != nil else {
            return Array("b:".utf8) + Self.hexadecimal(key[...])
        }
        let looksSpecial = "hpbt".utf8.contains(key.first ?? 0) && key.dropFirst().first == 0x3A
        return (looksSpecial ? Array("p:".utf8) : []) + key
    }

    func fields(of operation: AuditDraft.Operation) -> [AuditField] {
        let kind = Array(operation.kind.text.description.utf8)
        var fields = [AuditField(name: "op", value: .text(kind))]
        if let key = text(of: operation.key) {
            fields.append(AuditField(name: "key", value: .text(key)))
        }
        if !operation.end.isEmpty, let end = text(of: operation.end) {
            fields.append(AuditField(name: "end", value: .text(end)))
        }
        return fields
    }

    private static func hash(_ key: [UInt8], _ keys: AuditKeys) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: AuditKeys.digestCount)
        let isDone = key.withUnsafeBytes { key in
            digest.withUnsafeMutableBytes { keys.keyHash(of: key, into: $0) }
        }
        precondition(isDone, "the keys are open")
        return hexadecimal(digest[...])
    }

    private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}
