import FoundationEssentials
import VaultSeal

/// Both halves of a new recovery key, to be passed around in a test.
struct RecoveryKeyPair {
    let privateHalf: Data
    let publicText: String

    init() throws {
        let key = try RecoveryKey.random()
        privateHalf = key.withBytes { Data($0) }
        publicText = key.publicKey.text
    }
}
