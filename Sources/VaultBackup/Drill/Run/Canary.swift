import VaultSeal

/// A key that the vault plants before an archive is made, and takes away before the next: its value
/// is signed, so that a drill can tell that it is the right one.
///
///     archive 7: vaultd/canary/7 is there     archive 8: vaultd/canary/8 is, 7 is not
public enum Canary {
    /// The name of the canary of an archive.
    public static func key(sequence: UInt64) -> [UInt8] {
        Array("\(DrillSample.canaryPrefix)\(sequence)".utf8)
    }

    /// What is signed.
    public static func message(_ identity: ArchiveIdentity) -> [UInt8] {
        var message = ArchiveBytes()
        message.put(Array("vd-cnry1".utf8))
        message.put(identity.storeID.bytes)
        message.put(identity.timeline.number)
        message.put(identity.timeline.nonce)
        message.put(identity.sequence)
        return message.bytes
    }

    /// The value: the signature, in hexadecimal.
    public static func value(signature: [UInt8]) -> [UInt8] {
        Array(Hexadecimal.encode(signature).utf8)
    }

    /// Whether a key and its value are the canary that the vault planted for the archive with this
    /// footer.
    public static func isGenuine(
        _ key: [UInt8], _ value: [UInt8], _ footer: ArchiveFooter
    ) -> Bool {
        guard key == Self.key(sequence: footer.identity.sequence),
            let signature = Hexadecimal.decode(String(decoding: value, as: UTF8.self))
        else { return false }
        return ArchiveSignature.verify(
            signature, of: message(footer.identity), by: footer.publicHalf)
    }
}
