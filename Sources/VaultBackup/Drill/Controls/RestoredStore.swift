import VaultSeal
import VaultStore

/// A restored directory, as an unseal looks at it.
enum RestoredStore {
    /// Opens it with the key of its archive: every record verifies, and they add up.
    static func verify(_ directory: String, with key: CredentialBox) throws(BackupError) {
        let keyring: OpenedKeyring
        do throws(SealError) {
            keyring = try KeyringFile.openAll(
                in: directory, with: key.credential, acceptsUnproven: true)
        } catch { throw .integrity("the restored keyring does not open: \(error.text)") }
        defer {
            keyring.cipher.close()
            keyring.live.close()
            keyring.stateHashKey.close()
        }
        do throws(StoreError) {
            try Store.open(
                in: directory, cipher: keyring.cipher, stateHashKey: keyring.stateHashKey
            ).close()
        } catch { throw BackupError(error) }
    }
}
