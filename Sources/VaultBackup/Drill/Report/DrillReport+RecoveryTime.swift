extension DrillReport {
    /// How long the restore took, from the request to the first read that was allowed.
    public struct RecoveryTime: Equatable, Sendable, JSONMapped {
        public var totalMilliseconds: Int64 = 0
        public var targetMilliseconds: Int64 = 0
        /// In the order in which they ran: "locate", "fetch", "verify", ...
        public var phases: [Phase] = []
        public var megabytesPerSecond: Int64 = 0
        public var recordsPerSecond: Int64 = 0

        /// One part of a restore.
        public struct Phase: Equatable, Sendable, JSONMapped {
            public var name = ""
            public var milliseconds: Int64 = 0

            public init() {}

            public init(_ name: String, milliseconds: Int64) {
                self.name = name
                self.milliseconds = milliseconds
            }

            mutating func map(_ fields: inout JSONFields) throws(JSONError) {
                try fields.field("name", &name)
                try fields.field("ms", &milliseconds)
            }
        }

        public init() {}

        mutating func map(_ fields: inout JSONFields) throws(JSONError) {
            try fields.field("total_ms", &totalMilliseconds)
            try fields.field("target_ms", &targetMilliseconds)
            try fields.list("phases", &phases)
            try fields.field("mb_s", &megabytesPerSecond)
            try fields.field("records_s", &recordsPerSecond)
        }
    }
}
