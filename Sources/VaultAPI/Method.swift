/// One RPC: where it is, and which of its two sides stream.
public struct Method: Hashable, Sendable {
    /// Which sides of a call are streams of messages.
    public enum Kind: Hashable, Sendable {
        /// One request, one answer.
        case unary
        /// One request, many answers.
        case serverStream
        /// Many requests, one answer.
        case clientStream
        /// Many requests, many answers.
        case bidirectional
    }

    /// The service with its package: `etcdserverpb.KV`.
    public let service: String
    /// The method's name within the service: `Range`.
    public let name: String
    /// Which sides stream.
    public let kind: Kind

    /// The HTTP/2 `:path` of a call: `/etcdserverpb.KV/Range`.
    public var path: String { "/\(service)/\(name)" }

    init(_ service: String, _ name: String, _ kind: Kind = .unary) {
        self.service = service
        self.name = name
        self.kind = kind
    }
}
