/// One step or control of a drill: what it was, what it was made from, how it ended.
public struct DrillCase: Equatable, Sendable, JSONMapped {
    /// "state-hash", "N2/catalogue".
    public var check = ""
    public var seed: Int64 = 0
    /// 0 when it passed or, for a control, was detected; 23 when nothing is known.
    public var exit: Int32 = 0

    public init() {}

    public init(_ check: String, seed: Int64, exit: Int32) {
        self.check = check
        self.seed = seed
        self.exit = exit
    }

    mutating func map(_ fields: inout JSONFields) throws(JSONError) {
        try fields.field("check", &check)
        try fields.field("seed", &seed)
        try fields.field("exit", &exit)
    }
}
