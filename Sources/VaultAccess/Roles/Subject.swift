/// Whom a decision is about.
public enum Subject: Hashable, Sendable {
    /// A connection without a token: everything that the kernel says of it at once. `unit` is the
    /// systemd service that it is in now.
    case peer(PeerIdentity, unit: String?)
    /// A call with a token: the user whose password was given, and nobody else. Root who logs in
    /// as alice is alice.
    case account(String)
}
