/// How a call ended: a code and a message for the caller.
public struct Status: Error, Hashable, Sendable {
    /// What kind of end it was.
    public var code: StatusCode
    /// The text sent as `grpc-message`; any Unicode, percent-encoded on the wire.
    public var message: String

    /// Makes a status.
    public init(_ code: StatusCode, _ message: String = "") {
        self.code = code
        self.message = message
    }

    /// Success without a message.
    public static let ok = Status(.ok)
}
