extension DrillReport {
    /// Decisions of access, asked again of the restored vault.
    public struct Policy: Equatable, Sendable, JSONMapped {
        public var cases: Int = 0
        public var mismatches: Int = 0

        public init() {}

        mutating func map(_ fields: inout JSONFields) throws(JSONError) {
            try fields.field("cases", &cases)
            try fields.field("mismatch", &mismatches)
        }
    }

    /// The audit log up to the backup.
    public struct Audit: Equatable, Sendable, JSONMapped {
        public var isChainWhole: Bool = false
        /// Lines of the live log that a restore would not have.
        public var lostAfterBackup: Int64 = 0

        public init() {}

        mutating func map(_ fields: inout JSONFields) throws(JSONError) {
            try fields.field("chain_ok", &isChainWhole)
            try fields.field("lost_after_backup", &lostAfterBackup)
        }
    }

    /// Deleted records that came back.
    public struct Resurrection: Equatable, Sendable, JSONMapped {
        public var found: Int = 0

        public init() {}

        mutating func map(_ fields: inout JSONFields) throws(JSONError) {
            try fields.field("found", &found)
        }
    }

    /// The negative controls.
    public struct Negative: Equatable, Sendable, JSONMapped {
        public var run: Int = 0
        public var detected: Int = 0
        /// The names of those that were not noticed.
        public var missed: [String] = []

        public init() {}

        mutating func map(_ fields: inout JSONFields) throws(JSONError) {
            try fields.field("run", &run)
            try fields.field("detected", &detected)
            try fields.field("missed", &missed)
        }
    }

    /// A fault that was injected at several points.
    public struct Fault: Equatable, Sendable, JSONMapped {
        public var control: String = ""
        public var points: Int = 0
        public var survived: Int = 0

        public init() {}

        mutating func map(_ fields: inout JSONFields) throws(JSONError) {
            try fields.field("n", &control)
            try fields.field("points", &points)
            try fields.field("ok", &survived)
        }
    }
}
