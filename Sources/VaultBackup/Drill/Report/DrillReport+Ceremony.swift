extension DrillReport {
    /// A drill that people held, with the key that is kept offline.
    public struct Ceremony: Equatable, Sendable, JSONMapped {
        /// The names of those who were there.
        public var operators: [String] = []
        /// Whether one of them has written the runbook: then it is not shown that others can
        /// follow it.
        public var isAuthorPresent = false
        /// From the question for the key to its being there, milliseconds: part of a real
        /// recovery that no machine measures.
        public var keyMilliseconds: Int64 = 0

        public init() {}

        mutating func map(_ fields: inout JSONFields) throws(JSONError) {
            try fields.field("operators", &operators)
            try fields.field("author_present", &isAuthorPresent)
            try fields.field("key_ms", &keyMilliseconds)
        }
    }
}
