/// Who is at the other end of a connection, in the kernel's words.
public struct Identity: Hashable, Sendable {
    /// The process that connected. It may have ended, or handed its socket on: a hint, no proof.
    public var processID: Int32
    /// The effective user at the moment of connecting; the security boundary.
    public var userID: UInt32
    /// The effective group at the moment of connecting.
    public var groupID: UInt32

    /// An identity from the credentials of a socket's peer.
    public init(processID: Int32, userID: UInt32, groupID: UInt32) {
        self.processID = processID
        self.userID = userID
        self.groupID = groupID
    }

    /// Root and the daemon's own user, who could read the daemon's files and memory anyway.
    public func isAdministrator(daemonUserID: UInt32) -> Bool {
        userID == 0 || userID == daemonUserID
    }
}
