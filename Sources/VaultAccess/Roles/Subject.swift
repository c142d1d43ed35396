/// Whom a decision is about.
public enum Subject: Hashable, Sendable {
    /// A connection without a token: everything that the kernel says of it at once. `unit` is the
    /// systemd service that it is in now.
    case peer(PeerIdentity, unit: String?)
    /// A call with a token: the user whose password was given, and nobody else. Root who logs in
    /// as alice is alice.
    case account(String)
}

// By hand, because names count byte by byte: Swift's strings are equal when they look the same,
// and rights that were found for one subject must not be taken for another's.
extension Subject {
    public static func == (left: Subject, right: Subject) -> Bool {
        switch (left, right) {
        case (.peer(let left, let leftUnit), .peer(let right, let rightUnit)):
            left == right && leftUnit.map(AccessName.init) == rightUnit.map(AccessName.init)
        case (.account(let left), .account(let right)): AccessName(left) == AccessName(right)
        case (.peer, .account), (.account, .peer): false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .peer(let identity, let unit):
            hasher.combine(identity)
            hasher.combine(unit.map(AccessName.init))
        case .account(let name): hasher.combine(AccessName(name))
        }
    }
}
