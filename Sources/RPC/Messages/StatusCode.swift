/// A gRPC status code. See https://grpc.io/docs/guides/status-codes/.
public struct StatusCode: RawRepresentable, Hashable, Sendable {
    /// The number sent as `grpc-status`.
    public var rawValue: Int

    /// Makes a code from its number; a number outside 0...16 is kept as it is.
    public init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// The call succeeded.
    public static let ok = StatusCode(rawValue: 0)
    /// The caller gave up.
    public static let cancelled = StatusCode(rawValue: 1)
    /// A failure that says nothing about itself.
    public static let unknown = StatusCode(rawValue: 2)
    /// The request is wrong whatever the state of the server.
    public static let invalidArgument = StatusCode(rawValue: 3)
    /// The call's time ran out.
    public static let deadlineExceeded = StatusCode(rawValue: 4)
    /// What was asked for does not exist.
    public static let notFound = StatusCode(rawValue: 5)
    /// What was to be created exists.
    public static let alreadyExists = StatusCode(rawValue: 6)
    /// The caller may not do this.
    public static let permissionDenied = StatusCode(rawValue: 7)
    /// A quota or limit is used up.
    public static let resourceExhausted = StatusCode(rawValue: 8)
    /// The server is not in a state in which this can be done.
    public static let failedPrecondition = StatusCode(rawValue: 9)
    /// A conflict; the whole operation may be tried again.
    public static let aborted = StatusCode(rawValue: 10)
    /// Past the valid range.
    public static let outOfRange = StatusCode(rawValue: 11)
    /// The method does not exist here.
    public static let unimplemented = StatusCode(rawValue: 12)
    /// An invariant of the protocol or of the server is broken.
    public static let `internal` = StatusCode(rawValue: 13)
    /// The server cannot be used right now; the same call may be tried again.
    public static let unavailable = StatusCode(rawValue: 14)
    /// Stored bytes are lost or damaged.
    public static let dataLoss = StatusCode(rawValue: 15)
    /// The caller did not prove who it is.
    public static let unauthenticated = StatusCode(rawValue: 16)
}
