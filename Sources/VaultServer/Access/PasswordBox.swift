import Sodium
import VaultAccess

/// A password on its way to the thread that hashes it; wiped with the last reference.
final class PasswordBox: Sendable {
    let secret: SecretBytes

    /// Takes the bytes and zeroes them. An empty password is one zero byte: guarded memory is
    /// never empty, and no text of gRPC has a zero byte in a password that people type.
    init(_ bytes: inout [UInt8]) throws(AccessError) {
        guard bytes.count <= AccessLimits.passwordBytesMax else {
            throw .passwordTooLong(max: AccessLimits.passwordBytesMax)
        }
        if bytes.isEmpty { bytes = [0] }
        do throws(SodiumError) {
            secret = try SecretBytes(wiping: &bytes)
        } catch {
            throw .hashingFailed(error)
        }
    }
}
