import VaultSeal

/// A slot that somebody asks for.
struct NewSlot: Sendable {
    enum Opener: Sendable {
        case credential(CredentialBox)
        case recipient(RecoveryPublicKey)
        case shares(count: UInt8, threshold: UInt8)
    }

    let opener: Opener
    var label = ""

    /// Whether whoever asks for it has what opens it at hand, and gave it along.
    var opensAtOnce: Bool {
        switch opener {
        case .credential: true
        case .recipient, .shares: false
        }
    }
}
