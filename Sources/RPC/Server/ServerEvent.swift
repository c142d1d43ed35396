/// Something about a connection that an operator may want to read. Calls are not reported here.
public enum ServerEvent: Sendable, Equatable {
    /// A connection was refused: a limit on connections is reached.
    case connectionRefused(PeerCredentials, reason: String)
    /// A connection was dropped because the kernel did not say who it is.
    case peerUnknown
    /// The peer broke a limit or the protocol and was disconnected.
    case connectionAbused(PeerCredentials, reason: String)
    /// The peer stopped answering.
    case connectionTimedOut(PeerCredentials, reason: String)
    /// `accept` failed; the listener goes on after a pause.
    case acceptFailed(errno: Int32)
}
