import Sodium
import VaultSeal

/// A credential on its way to the thread that uses it; wiped with the last reference.
final class CredentialBox: Sendable {
    let credential: Credential

    /// Takes the bytes of a passphrase and zeroes them.
    convenience init(passphrase bytes: inout [UInt8]) throws(VaultError) {
        guard !bytes.isEmpty, bytes.count <= Limits.passphraseBytesMax else {
            throw .invalidRequest(
                "a passphrase has 1 to \(Limits.passphraseBytesMax) bytes; give another one")
        }
        self.init(.passphrase(try Self.secret(&bytes)))
    }

    /// Takes the bytes of a key file and zeroes them.
    convenience init(keyfile bytes: inout [UInt8]) throws(VaultError) {
        try Self.check(bytes, "key file")
        self.init(.keyfile(try Self.secret(&bytes)))
    }

    /// Takes the bytes of a recovery key and zeroes them.
    convenience init(recoveryKey bytes: inout [UInt8]) throws(VaultError) {
        try Self.check(bytes, "recovery key")
        self.init(.recoveryKey(try Self.secret(&bytes)))
    }

    init(_ credential: consuming Credential) {
        self.credential = credential
    }

    /// Wrong ones slow the next attempt down. A key file is at hand again at every start, and a
    /// daemon with a wrong one shall not keep people from opening the vault.
    var isPaced: Bool { credential.kind != .keyfile }

    /// A key file that exists in memory only.
    static func randomKeyfile() throws(VaultError) -> CredentialBox {
        do throws(SodiumError) {
            return CredentialBox(
                .keyfile(try SecretBytes.random(count: Limits.keyfileBytes)))
        } catch {
            throw .seal(.memory(error))
        }
    }

    private static func check(_ bytes: [UInt8], _ what: String) throws(VaultError) {
        guard bytes.count == Limits.keyfileBytes else {
            throw .invalidRequest(
                "a \(what) has \(Limits.keyfileBytes) bytes, this one \(bytes.count); "
                    + "give another one")
        }
    }

    private static func secret(_ bytes: inout [UInt8]) throws(VaultError) -> SecretBytes {
        do throws(SodiumError) {
            return try SecretBytes(wiping: &bytes)
        } catch {
            throw .seal(.memory(error))
        }
    }
}
