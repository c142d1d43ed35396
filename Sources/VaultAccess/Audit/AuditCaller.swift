/// Who makes requests, in the words of a line: put together once, for all of their requests.
public final class AuditCaller: Sendable {
    /// In the kernel's words.
    public let peer: PeerIdentity
    /// The systemd service that the peer is in.
    public let unit: String?
    /// The user of the access book whom requests are charged to.
    public let user: String?

    /// From `","pid":` up to the field after them.
    let text: [UInt8]

    public init(peer: PeerIdentity, unit: String? = nil, user: String? = nil) {
        self.peer = peer
        self.unit = unit
        self.user = user
        var line = LineBuffer(capacity: 128)
        line.put("\",\"pid\":")
        line.put(decimal: Int64(peer.processID))
        line.put(",\"uid\":")
        line.put(decimal: UInt64(peer.userID))
        line.put(",\"gid\":")
        line.put(decimal: UInt64(peer.groupID))
        if let unit { line.put(",\"unit\":\"", name: unit) }
        if let user { line.put(",\"user\":\"", name: user) }
        text = Array(line.bytes)
    }
}
