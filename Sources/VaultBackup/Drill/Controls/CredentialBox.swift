import VaultSeal

/// A credential that is used more than once.
final class CredentialBox: Sendable {
    let credential: Credential

    init(_ credential: consuming Credential) {
        self.credential = credential
    }
}
