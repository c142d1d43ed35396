import VaultAccess

/// Who makes a call, and what they may do: decided once for the call.
struct CallerIdentity: Sendable {
    let peer: PeerIdentity
    /// The systemd service that the peer is in, where rules name services.
    let unit: String?
    /// The user whose token came with the call; then it is the user's rights that count, and not
    /// the peer's.
    let account: String?
    let rights: Rights

    /// Whom rules and quotas know the caller as.
    var subject: Subject { account.map(Subject.account) ?? .peer(peer, unit: unit) }
}
