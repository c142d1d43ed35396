public import NIOCore

/// A method's path and what answers it.
///
/// An object, so that a call that keeps it counts one reference: to one that is its event loop's
/// alone (`Server`).
public final class Route: Sendable {
    enum Kind: Sendable {
        case unary(@Sendable (UnaryCall, ByteBuffer) -> UnaryAnswer)
        case stream(@Sendable (StreamCall) -> any StreamHandler)
    }

    public let path: String
    /// What the gatekeeper wrote on it, to be told with every call: 0 until it did.
    public let mark: Int
    let kind: Kind

    private init(path: String, mark: Int = 0, kind: Kind) {
        // A text of its own: the routes that this one is made of are other loops', too.
        self.path = String(decoding: Array(path.utf8), as: UTF8.self)
        self.mark = mark
        self.kind = kind
    }

    /// A method with one request and one response. The handler runs on the connection's event
    /// loop once the whole request is there, and must not block.
    public static func unary(
        _ path: String, _ handler: @escaping @Sendable (UnaryCall, ByteBuffer) -> UnaryAnswer
    ) -> Route {
        Route(path: path, kind: .unary(handler))
    }

    /// A method that streams in either direction. `open` runs on the event loop when the call's
    /// headers are there.
    public static func stream(
        _ path: String, _ open: @escaping @Sendable (StreamCall) -> any StreamHandler
    ) -> Route {
        Route(path: path, kind: .stream(open))
    }

    /// The same method, with the gatekeeper's mark.
    public func marked(_ mark: Int) -> Route {
        Route(path: path, mark: mark, kind: kind)
    }

    /// The same method, a unary one's handler inside another.
    public func wrappingUnary(
        _ wrapper:
            @escaping @Sendable (
                UnaryCall, ByteBuffer, (UnaryCall, ByteBuffer) -> UnaryAnswer
            ) -> UnaryAnswer
    ) -> Route {
        guard case .unary(let handler) = kind else { return self }
        return .unary(path) { wrapper($0, $1, handler) }
    }

    /// The same method, a streaming one's opening inside another.
    public func wrappingStream(
        _ wrapper:
            @escaping @Sendable (StreamCall, (StreamCall) -> any StreamHandler) ->
            any StreamHandler
    ) -> Route {
        guard case .stream(let open) = kind else { return self }
        return .stream(path) { wrapper($0, open) }
    }
}
