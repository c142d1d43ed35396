import Sodium
import VaultSeal

/// A credential on its way to the thread that uses it; wiped with the last reference.
final class CredentialBox: Sendable {
    let credential: Credential
    let isPassphrase: Bool

    /// Takes the bytes of a passphrase and zeroes them.
    init(passphrase bytes: inout [UInt8]) throws(VaultError) {
        guard !bytes.isEmpty, bytes.count <= Limits.passphraseBytesMax else {
            throw .invalidRequest(
                "a passphrase has 1 to \(Limits.passphraseBytesMax) bytes; give another one")
        }
        credential = .passphrase(try Self.secret(&bytes))
        isPassphrase = true
    }

    /// Takes the bytes of a key file and zeroes them.
    init(keyfile bytes: inout [UInt8]) throws(VaultError) {
        guard bytes.count == Limits.keyfileBytes else {
            throw .invalidRequest(
                "a key file has \(Limits.keyfileBytes) bytes, this one \(bytes.count); "
                    + "give another one")
        }
        credential = .keyfile(try Self.secret(&bytes))
        isPassphrase = false
    }

    /// A key file that exists in memory only.
    static func randomKeyfile() throws(VaultError) -> CredentialBox {
        do throws(SodiumError) {
            return CredentialBox(
                .keyfile(try SecretBytes.random(count: Limits.keyfileBytes)), isPassphrase: false)
        } catch {
            throw .seal(.memory(error))
        }
    }

    private init(_ credential: consuming Credential, isPassphrase: Bool) {
        self.credential = credential
        self.isPassphrase = isPassphrase
    }

    private static func secret(_ bytes: inout [UInt8]) throws(VaultError) -> SecretBytes {
        do throws(SodiumError) {
            return try SecretBytes(wiping: &bytes)
        } catch {
            throw .seal(.memory(error))
        }
    }
}
