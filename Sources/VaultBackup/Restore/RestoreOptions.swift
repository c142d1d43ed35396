/// What a restore may be asked for.
public struct RestoreOptions: Sendable {
    /// Later changes are left out; nil for everything.
    public var revision: Int64?
    /// How far the revisions of the restored vault begin behind the newest that the archive knows,
    /// so that they are past anything that the lost vault gave out after it.
    public var bump: Int64 = 1_000_000_000

    public init(revision: Int64? = nil) {
        self.revision = revision
    }
}
