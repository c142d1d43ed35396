/// Who makes a call: the connection's other end, and what came with the call.
public struct Caller {
    public let peer: PeerCredentials
    public let identification: any PeerIdentification
    public let metadata: Metadata

    public init(
        peer: PeerCredentials, identification: any PeerIdentification, metadata: Metadata
    ) {
        self.peer = peer
        self.identification = identification
        self.metadata = metadata
    }
}
