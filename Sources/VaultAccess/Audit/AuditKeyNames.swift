public import VaultSeal

/// How key names stand in the log.
public struct AuditKeyNames: Sendable {
    /// Holds the keys for one batch. Event loops that counted the references of the keys
    /// themselves, a line each time, would wait for one another's processor.
    private final class Hasher: Sendable {
        let keys: AuditKeys
        init(_ keys: AuditKeys) { self.keys = keys }
    }

    private let hasher: Hasher?
    // SAFETY: `hasher` keeps them.
    private let keys: Unmanaged<AuditKeys>?
    private let isPlain: Bool

    private init(hasher: Hasher?, isPlain: Bool) {
        self.hasher = hasher
        keys = hasher.map { .passUnretained($0.keys) }
        self.isPlain = isPlain
    }

    /// As keyed hashes, so that the log does not tell names: `"h:"` and 32 digits. Without keys
    /// (the vault is sealed) they are left out.
    public static func hashed(_ keys: AuditKeys?) -> AuditKeyNames {
        AuditKeyNames(hasher: keys.map(Hasher.init), isPlain: false)
    }

    /// As they are.
    public static let plain = AuditKeyNames(hasher: nil, isPlain: true)

    /// Writes a name, which is the inside of a JSON string. False, and nothing written, when it
    /// has to be left out.
    ///
    ///     app/db       ->  app/db          plain, and UTF-8
    ///     h:1, p:, b:  ->  p:h:1 …         plain, and would look like something else
    ///     ff 00        ->  b:ff00          plain, and not UTF-8
    ///     (300 bytes)  ->  t:300:6162…     plain, and too long: its first 128 bytes
    func write(_ name: UnsafeRawBufferPointer, to line: inout LineBuffer) -> Bool {
        if isPlain {
            Self.write(plain: name, to: &line)
            return true
        }
        // No reference is counted for a name.
        return keys?._withUnsafeGuaranteedRef { keys in
            Self.write(name, hashedWith: keys, to: &line)
        } ?? false
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
