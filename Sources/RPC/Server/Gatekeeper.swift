/// Knows who calls, lets calls in and keeps the books. What its answers mean is not RPC's business.
///
/// Each event loop has a `CallJournal` of its own.
public protocol Gatekeeper: AnyObject, Sendable {
    /// Who is at the other end of a new connection, for `Caller` of its calls; nil refuses it.
    /// Called on an acceptor's thread.
    func identify(socket: Int32, credentials: PeerCredentials) -> (any PeerIdentification)?

    /// Whether a place is kept for its connections when others have taken all that they may.
    /// Called on an acceptor's thread.
    func keepsPlace(for credentials: PeerCredentials) -> Bool

    /// Sees every call before its route is looked for (also unknown paths) and may refuse it.
    /// Called on the connection's event loop; must not block.
    ///
    /// - Parameter mark: what is written on the route; 0 where there is none.
    func admit(path: @autoclosure () -> String, mark: Int, caller: Caller) -> Verdict

    /// The journal of one more event loop.
    func makeJournal() -> (any CallJournal)?
}

extension Gatekeeper {
    public func identify(
        socket: Int32, credentials: PeerCredentials
    ) -> (any PeerIdentification)? {
        UnknownPeer.instance
    }

    public func keepsPlace(for credentials: PeerCredentials) -> Bool { false }

    public func admit(path: @autoclosure () -> String, mark: Int, caller: Caller) -> Verdict {
        .admitted()
    }

    public func makeJournal() -> (any CallJournal)? { nil }
}

/// What the gatekeeper found out about one connection; goes when the connection does.
public protocol PeerIdentification: AnyObject, Sendable {
    /// Which of the server's sets of event loops serves the connection.
    var loopSet: Int { get }
}

extension PeerIdentification {
    public var loopSet: Int { 0 }
}

/// For servers to whom it is all the same.
final class UnknownPeer: PeerIdentification {
    static let instance = UnknownPeer()
}

/// Lets everybody in.
public final class OpenGate: Gatekeeper {
    public init() {}
}
