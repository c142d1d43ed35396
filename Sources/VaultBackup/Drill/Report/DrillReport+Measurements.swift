extension DrillReport {
    /// How much would be lost.
    public struct RecoveryPoint: Equatable, Sendable, JSONMapped {
        /// From the newest change in the backup to the newest live one.
        public var seconds: Int64 = 0
        public var revisions: Int64 = 0
        public var targetSeconds: Int64 = 0
        /// The longest time between two good backups of all that are kept, at least; 0 with fewer
        /// than two, and in reports of versions that did not look.
        public var worstGapSeconds: Int64 = 0

        public init() {}

        mutating func map(_ fields: inout JSONFields) throws(JSONError) {
            try fields.field("seconds", &seconds)
            try fields.field("revisions", &revisions)
            try fields.field("target_s", &targetSeconds)
            try fields.field("worst_gap_s", &worstGapSeconds)
        }
    }

    /// How many of each there were, and whether the archive says the same.
    public struct Counts: Equatable, Sendable, JSONMapped {
        public var records: Int64 = 0
        public var keys: Int64 = 0
        public var policies: Int64 = 0
        public var tokens: Int64 = 0
        public var auditLines: Int64 = 0
        public var areEqual: Bool = false

        public init() {}

        mutating func map(_ fields: inout JSONFields) throws(JSONError) {
            try fields.field("records", &records)
            try fields.field("keys", &keys)
            try fields.field("policies", &policies)
            try fields.field("tokens", &tokens)
            try fields.field("audit", &auditLines)
            try fields.field("match", &areEqual)
        }
    }

    /// The hash over the plaintext of the state.
    public struct StateHashes: Equatable, Sendable, JSONMapped {
        public var expected: String = ""
        public var actual: String = ""
        public var areEqual: Bool = false

        public init() {}

        mutating func map(_ fields: inout JSONFields) throws(JSONError) {
            try fields.field("expected", &expected)
            try fields.field("actual", &actual)
            try fields.field("equal", &areEqual)
        }
    }
}
