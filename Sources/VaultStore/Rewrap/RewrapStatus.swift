/// How far the sealing of older records under the newest data key is.
public struct RewrapStatus: Equatable, Sendable {
    public var isRunning: Bool
    /// Records looked at, and in all.
    public var done: Int
    public var total: Int
}
