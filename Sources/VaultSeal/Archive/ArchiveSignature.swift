import Sodium

/// Verifies archives without any secret.
public enum ArchiveSignature {
    /// Whether `signature` of `message` was made with the private half of `publicHalf`.
    public static func verify(
        _ signature: [UInt8], of message: [UInt8], by publicHalf: [UInt8]
    ) -> Bool {
        Ed25519.verify(signature, of: message, by: publicHalf)
    }
}
