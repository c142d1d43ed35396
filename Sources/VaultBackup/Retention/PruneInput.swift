/// What a prune knows.
public struct PruneInput: Sendable {
    /// An archive, and whether its signature is its vault's.
    public struct Candidate: Equatable, Sendable {
        public var entry: ArchiveEntry
        public var isAuthentic: Bool

        public init(_ entry: ArchiveEntry, isAuthentic: Bool) {
            self.entry = entry
            self.isAuthentic = isAuthentic
        }
    }

    /// All archives in the directory, in any order.
    public var candidates: [Candidate] = []
    public var rules = KeepRules()
    public var limits = PruneLimits()
    /// Milliseconds since 1970, by this machine's clock.
    public var now: Int64 = 0
    /// Digests of the archives that a drill restored.
    public var drilledGood: Set<String> = []
    /// By file name: when it was marked.
    public var marks: [String: Int64] = [:]
    /// By store: the last prune.
    public var lastPrune: [String: PruneRecord] = [:]
    /// The newest time in the ledger of drills; 0 without one.
    public var newestLedgerTime: Int64 = 0

    public init() {}
}
