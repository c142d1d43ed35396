extension DrillReport {
    /// The backup that was restored.
    public struct Backup: Equatable, Sendable, JSONMapped {
        /// The id of the newest archive of the chain, 32 hex digits.
        public var id: String = ""
        /// 32 hex digits.
        public var storeID: String = ""
        /// The hash of that archive, 64 hex digits.
        public var digest: String = ""
        /// Its number among the archives of its vault.
        public var sequence: UInt64 = 0
        public var timeline: UInt32 = 0
        public var firstRevision: Int64 = 0
        public var lastRevision: Int64 = 0
        public var byteCount: Int64 = 0
        /// How many archives the chain has.
        public var archiveCount: Int = 0
        /// Whatever keys its vault ever signed archives with, 64 hex digits each.
        public var signers: [String] = []
        /// "LATEST", "RANDOM_WITHIN_WINDOW" or "OLDEST".
        public var selection: String = ""

        public init() {}

        mutating func map(_ fields: inout JSONFields) throws(JSONError) {
            try fields.field("id", &id)
            try fields.field("store_id", &storeID)
            try fields.field("digest", &digest)
            try fields.field("catalog_seq", &sequence)
            try fields.field("timeline", &timeline)
            try fields.field("rev_from", &firstRevision)
            try fields.field("rev_to", &lastRevision)
            try fields.field("bytes", &byteCount)
            try fields.field("objects", &archiveCount)
            try fields.added("signers", &signers)
            try fields.field("select", &selection)
        }
    }

    /// The vault that was backed up, while the drill ran.
    public struct Live: Equatable, Sendable, JSONMapped {
        public var revision: Int64 = 0
        public var stateHash: String = ""
        /// Whether the drill left it as it was.
        public var isUntouched: Bool = false

        public init() {}

        mutating func map(_ fields: inout JSONFields) throws(JSONError) {
            try fields.field("rev", &revision)
            try fields.field("state_hash", &stateHash)
            try fields.field("untouched", &isUntouched)
        }
    }

    /// Which keys open the backup.
    public struct Keys: Equatable, Sendable, JSONMapped {
        /// The name of the key slot that did.
        public var openedWith: String = ""
        /// The names of the others that could.
        public var wouldOpen: [String] = []
        /// When people last opened a backup with the offline key, milliseconds since 1970.
        public var offlineLastProven: Int64?

        public init() {}

        mutating func map(_ fields: inout JSONFields) throws(JSONError) {
            try fields.field("opened_with", &openedWith)
            try fields.field("would_open", &wouldOpen)
            try fields.time("offline_last_proven", &offlineLastProven)
        }
    }
}
