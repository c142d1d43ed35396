/// What is asked for over HTTP/1.1 on the socket of the gRPC server.
public struct PlainRequest: Equatable, Sendable {
    /// "GET", as the client wrote it.
    public var method: String
    /// Begins with a slash; without a query.
    public var path: String

    public init(method: String, path: String) {
        self.method = method
        self.path = path
    }
}
