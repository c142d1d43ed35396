import NIOCore

/// What a call starts with.
struct ClientRequest: Sendable {
    var path: String
    var metadata: Metadata
    var timeout: Duration?
    /// `MessageAssembler.recyclesBodies` for the answers.
    var recyclesMessages = false

    /// The header block, or why there is none.
    func headers() throws(Status) -> HeaderBlock {
        var block = HeaderBlock()
        block.append(":method", "POST")
        block.append(":scheme", "http")
        block.append(":path", path.utf8)
        block.append(":authority", "localhost")
        block.append("te", "trailers")
        block.append("content-type", "application/grpc")
        block.append("user-agent", "vaultd-rpc")
        if let timeout {
            block.append("grpc-timeout", CallTimeout.encode(timeout).utf8)
        }
        metadata.forEach { name, value in
            block.append(Array(name), Array(value))
        }
        guard block.isValid, !path.isEmpty else {
            throw Status(
                .internal, "the metadata has a name or value that HTTP/2 cannot carry")
        }
        return block
    }
}
