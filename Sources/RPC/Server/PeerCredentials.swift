import Glibc

/// Who is at the other end of a UNIX socket, in the kernel's words at the moment of `connect`.
public struct PeerCredentials: Hashable, Sendable {
    /// The process that connected. It may have ended since.
    public var processID: Int32
    /// Its effective user.
    public var userID: UInt32
    /// Its effective group.
    public var groupID: UInt32

    /// Credentials as given; the server reads those of its connections itself.
    public init(processID: Int32, userID: UInt32, groupID: UInt32) {
        self.processID = processID
        self.userID = userID
        self.groupID = groupID
    }

    /// Reads `SO_PEERCRED`; nil when the kernel does not know (not a UNIX socket, say).
    init?(descriptor: Int32) {
        // struct ucred of unix(7): three 32-bit numbers.
        var credentials: (process: Int32, user: UInt32, group: UInt32) = (0, 0, 0)
        var count = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &count) == 0,
            count == 12, credentials.user != UInt32.max
        else { return nil }
        self.init(
            processID: credentials.process, userID: credentials.user, groupID: credentials.group)
    }
}
