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

    /// Nobody waits for the answer any more.
    public static let cancelled = Status(.cancelled, "context canceled")

    /// What waits to be read by one user, on all connections together, is bounded.
    public static let tooMuchUnread = Status(
        .resourceExhausted,
        "vaultd: too many answers to this user wait to be read; read them, or ask for less")
}
