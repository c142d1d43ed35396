import VaultSeal

/// What a prune knows.
public struct PruneInput: Sendable {
    /// An archive, and whether its signature is its vault's.
    public struct Candidate: Equatable, Sendable {
        public var entry: ArchiveEntry
        public var isAuthentic: Bool
        /// Public half of the key that signed it. Whoever can add a file can make a key, and say
        /// that the vault has had it since some change of its root key.
        public var signer: [UInt8]

        public init(_ entry: ArchiveEntry, isAuthentic: Bool, signer: [UInt8] = []) {
            self.entry = entry
            self.isAuthentic = isAuthentic
            self.signer = signer
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
    /// Nothing of a store is deleted as long as none of its archives is among those.
    public var isProofNeeded = false
    /// By file name: when it was marked.
    public var marks: [String: Int64] = [:]
    /// By store: the last prune.
    public var lastPrune: [String: PruneRecord] = [:]
    /// The newest time in the ledger of drills; 0 without one.
    public var newestLedgerTime: Int64 = 0

    public init() {}

    /// The archives of a directory, oldest first. The first of a vault says which key signs; a
    /// later one with another is foreign.
    public init(_ archives: [ArchiveFile]) {
        var signers: [String: [UInt8]] = [:]
        for file in archives.sorted(by: { Self.order($0) < Self.order($1) }) {
            let identity = file.footer.identity
            let name = "\(identity.storeID) \(identity.keyNumber)"
            let signer = signers[name] ?? file.footer.publicHalf
            signers[name] = signer
            candidates.append(
                Candidate(
                    ArchiveEntry(file),
                    isAuthentic: file.footer.isSigned && file.footer.publicHalf == signer,
                    signer: file.footer.publicHalf))
        }
    }

    private static func order(_ file: ArchiveFile) -> (UInt32, UInt64) {
        (file.footer.identity.timeline.number, file.footer.identity.sequence)
    }
}
