import Sodium
import VaultSeal

/// A keyring of its own for a test's directory.
enum TestCipher {
    static func make(in directory: String) throws -> OpenedKeyring {
        let secret = try SecretBytes.random(count: 32)
        let credential = Credential.keyfile(secret)
        return try KeyringFile.createAll(in: directory) { (new) throws(SealError) in
            try new.addSlot(for: credential)
        }
    }
}
