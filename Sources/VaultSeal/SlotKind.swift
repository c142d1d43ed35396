/// What opens a slot. The raw value is the word for it in every interface.
public enum SlotKind: String, Hashable, Sendable, CaseIterable {
    /// A passphrase, through Argon2id.
    case passphrase
    /// The 32 bytes of a key file.
    case keyfile
    /// Shares of a secret, some of which are enough.
    case shamir
    /// The private half of a recipient's key, which was never on this machine.
    case recipient

    /// Its number in the keyring file.
    var code: UInt8 {
        switch self {
        case .passphrase: 1
        case .keyfile: 2
        case .shamir: 3
        case .recipient: 4
        }
    }

    init?(code: UInt8) {
        guard let kind = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = kind
    }
}
