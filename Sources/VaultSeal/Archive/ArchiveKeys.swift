import Sodium

/// What makes and opens the archives of a vault: the parents of their keys, and the key that signs
/// them. Any thread may use it, many at once.
public final class ArchiveKeys: Sendable {
    /// Bytes of an archive's signature, and of what verifies it.
    public static let signatureCount = Ed25519.signatureCount
    public static let publicCount = Ed25519.publicCount
    /// Bytes of the checksum at the end of an archive's header, which its key comes from.
    public static let headerChecksumCount = 32

    /// The number of the parent of the keys of new archives; it rises when the root key changes.
    public let newest: UInt32
    private let purposes: PurposeKeys

    init(_ purposes: consuming PurposeKeys) {
        newest = UInt32(purposes.count)
        self.purposes = purposes
    }

    /// The key of the archive whose header has this checksum. `number` is the parent that the
    /// header names; throws `.damaged` for one that the vault never had.
    public func key(
        forHeader checksum: [UInt8], parent number: UInt32
    ) throws(SealError) -> ArchiveKey {
        precondition(checksum.count == Self.headerChecksumCount, "a checksum has 32 bytes")
        let parent = try subkey(.archive, of: number)
        var key = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: ArchiveKey.keyCount)
        }
        let message = Array("vd-arch1".utf8) + checksum
        message.withUnsafeBytes { message in
            parent.withBytes { parent in
                key.withMutableBytes { KeyedHash.digest(of: message, key: parent, into: $0) }
            }
        }
        return ArchiveKey(key)
    }

    /// Signs with the key that hangs from parent `number`; the public half verifies.
    public func sign(
        _ message: [UInt8], parent number: UInt32
    ) throws(SealError) -> (publicHalf: [UInt8], signature: [UInt8]) {
        let seed = try subkey(.archiveSignature, of: number)
        return try SealError.memory { () throws(SodiumError) in
            try Ed25519.sign(message, seed: seed)
        }
    }

    /// What verifies the signatures that hang from parent `number`.
    public func publicHalf(parent number: UInt32) throws(SealError) -> [UInt8] {
        try sign([], parent: number).publicHalf
    }

    /// Whether a signature is one that `sign` made for this message.
    public func isSignature(
        _ signature: [UInt8], of message: [UInt8], parent number: UInt32
    ) throws(SealError) -> Bool {
        let publicHalf = try publicHalf(parent: number)
        return Ed25519.verify(signature, of: message, by: publicHalf)
    }

    private func subkey(
        _ purpose: RootKey.Purpose, of number: UInt32
    ) throws(SealError) -> SecretBytes {
        guard number >= 1, number <= newest else {
            throw .damaged(what: "archive: it names a key that the vault never had")
        }
        var subkey = try SealError.memory { () throws(SodiumError) in
            try SecretBytes(count: ArchiveKey.keyCount)
        }
        subkey.withMutableBytes { purposes.derive(purpose, at: Int(number) - 1, into: $0) }
        return subkey
    }
}
