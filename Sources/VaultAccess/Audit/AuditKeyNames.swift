public import VaultSeal

/// How key names stand in the log.
public enum AuditKeyNames: Sendable {
    /// As keyed hashes, so that the log does not tell names: `"h:"` and 32 digits. Without keys
    /// (the vault is sealed) they are left out.
    case hashed(AuditKeys?)
    /// As they are.
    case plain

    /// Writes a name, which is the inside of a JSON string. False, and nothing written, when it
    /// has to be left out.
    ///
    ///     app/db       ->  app/db          plain, and UTF-8
    ///     h:1, p:, b:  ->  p:h:1 …         plain, and would look like something else
    ///     ff 00        ->  b:ff00          plain, and not UTF-8
    ///     (300 bytes)  ->  t:300:6162…     plain, and too long: its first 128 bytes
    func write(_ name: UnsafeRawBufferPointer, to line: inout LineBuffer) -> Bool {
        switch self {
        case .hashed(let keys):
            guard let keys else { return false }
            return Self.write(name, hashedWith: keys, to: &line)
        case .plain:
            Self.write(plain: name, to: &line)
            return true
        }
    }

    @inline(__always)
    private static func write(
        _ name: UnsafeRawBufferPointer, hashedWith keys: AuditKeys, to line: inout LineBuffer
    ) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: AuditKeys.digestCount, alignment: 8) { digest in
            guard keys.keyHash(of: name, into: digest) else { return false }
            line.put("h:")
            line.put(hexadecimal: UnsafeRawBufferPointer(digest))
            return true
        }
    }

    private static func write(plain name: UnsafeRawBufferPointer, to line: inout LineBuffer) {
        if name.count > AuditLimits.plainKeyBytesMax {
            line.put("t:")
            line.put(decimal: UInt64(name.count))
            line.put(":")
            let shown = name[..<(AuditLimits.plainKeyBytesMax / 2)]
            line.put(hexadecimal: UnsafeRawBufferPointer(rebasing: shown))
        } else if !UTF8Check.isValid(name) {
            line.put("b:")
            line.put(hexadecimal: name)
        } else {
            if looksSpecial(name) { line.put("p:") }
            line.put(escaped: name)
        }
    }

    private static func looksSpecial(_ name: UnsafeRawBufferPointer) -> Bool {
        guard name.count >= 2, name[1] == UInt8(ascii: ":") else { return false }
        switch name[0] {
        case UInt8(ascii: "h"), UInt8(ascii: "p"), UInt8(ascii: "b"), UInt8(ascii: "t"):
            return true
        default: return false
        }
    }
}
