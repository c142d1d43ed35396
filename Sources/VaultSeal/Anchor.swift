/// How far a vault was at one moment, to be kept where whoever can write to its disk cannot.
public struct Anchor: Equatable, Sendable {
    /// The number of the timeline.
    public var timeline: UInt32
    /// The newest revision.
    public var revision: Int64
    /// The number of the keyring.
    public var keyringGeneration: UInt64
    /// How often the rules of access were written.
    public var accessNumber: UInt64

    public init(
        timeline: UInt32, revision: Int64, keyringGeneration: UInt64, accessNumber: UInt64
    ) {
        self.timeline = timeline
        self.revision = revision
        self.keyringGeneration = keyringGeneration
        self.accessNumber = accessNumber
    }
}
