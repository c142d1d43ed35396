/// Something that a drill found wrong, until a later drill shows that it is not.
public struct DrillFinding: Equatable, Sendable, JSONMapped {
    /// "F-41".
    public var id = ""
    public var severity = FindingSeverity.high
    /// The case that failed, and what it was made from: closing it takes both again.
    public var check = ""
    public var seed: Int64 = 0
    /// The exit status that it failed with.
    public var exit: Int32 = 0
    /// Who sees to it.
    public var owner = ""
    /// Milliseconds since 1970.
    public var opened: Int64 = 0
    public var due: Int64 = 0
    /// Nil while it is open.
    public var closed: Int64?
    /// The command that shows it again.
    public var repro = ""

    public init() {}

    public var isOpen: Bool { closed == nil }

    mutating func map(_ fields: inout JSONFields) throws(JSONError) {
        try fields.field("id", &id)
        var name = severity.rawValue
        try fields.field("severity", &name)
        guard let known = FindingSeverity(rawValue: name) else {
            throw JSONError(what: "there is no severity \(name)")
        }
        severity = known
        try fields.field("check", &check)
        try fields.field("seed", &seed)
        try fields.field("exit", &exit)
        try fields.field("owner", &owner)
        try fields.time("opened", &opened)
        try fields.time("due", &due)
        try fields.time("closed", &closed)
        try fields.field("repro", &repro)
    }
}
