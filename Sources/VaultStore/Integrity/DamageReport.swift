/// Whether the records are what was written, and what of them is not.
public struct DamageReport: Equatable, Sendable {
    /// The newest revision of what was looked at.
    public var revision: Revision
    /// Records in the log that verify.
    public var records: UInt64
    /// They add up to what was written.
    public var stateHashMatches: Bool
    public var damage: DamageList

    public init(
        revision: Revision, records: UInt64, stateHashMatches: Bool, damage: DamageList
    ) {
        self.revision = revision
        self.records = records
        self.stateHashMatches = stateHashMatches
        self.damage = damage
    }

    /// Everything is as it was written.
    public var isClean: Bool { stateHashMatches && damage.isEmpty }
}
