import VaultAccess

/// Who makes a call, and what they may do: decided once for the call. Made once for many calls.
final class CallerIdentity: Sendable {
    /// The same in the audit log's words. Its user is the one whose token came with the call; then
    /// it is the user's rights that count, and not the peer's.
    let audited: AuditCaller
    let rights: Rights

    init(peer: PeerIdentity, unit: String?, account: String?, rights: Rights) {
        audited = AuditCaller(peer: peer, unit: unit, user: account)
        self.rights = rights
    }

    var peer: PeerIdentity { audited.peer }
    /// The systemd service that the peer is in, where rules name services.
    var unit: String? { audited.unit }
    var account: String? { audited.user }

    /// Whom rules and quotas know the caller as.
    var subject: Subject { account.map(Subject.account) ?? .peer(peer, unit: unit) }
}
