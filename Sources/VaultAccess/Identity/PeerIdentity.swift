/// Who is at the other end of a connection, in the kernel's words at the moment of `connect`.
///
/// Numbers from the socket, never parsed from text: SO_PEERCRED and SO_PEERGROUPS (unix(7)).
public struct PeerIdentity: Hashable, Sendable {
    /// The process that connected; 0 when it is in another PID namespace. It may have ended, or
    /// handed its socket on: a hint, no proof.
    public var processID: Int32
    /// The effective user; the security boundary.
    public var userID: UInt32
    /// The effective group.
    public var groupID: UInt32
    /// The supplementary groups.
    public var groups: [UInt32]

    public init(processID: Int32, userID: UInt32, groupID: UInt32, groups: [UInt32] = []) {
        self.processID = processID
        self.userID = userID
        self.groupID = groupID
        self.groups = groups
    }

    /// What the kernel says of a user or group that has no number in this user namespace, whoever
    /// it is: such a number is nobody's, and no rule matches it.
    public static let unmappedID: UInt32 = 65534

    /// Root and the daemon's own user, who could read the daemon's files and memory anyway.
    public func isOwner(daemonUserID: UInt32) -> Bool {
        userID != Self.unmappedID && (userID == 0 || userID == daemonUserID)
    }
}
