/// How far a ledger had come: its last line's number and hash.
public struct LedgerHead: Equatable, Sendable, JSONMapped {
    /// 0 for a ledger without lines.
    public var sequence: Int64 = 0
    /// "b2:" and 64 hex digits.
    public var hash = LedgerLine.noHash

    public init() {}

    mutating func map(_ fields: inout JSONFields) throws(JSONError) {
        try fields.constant("schema", "vault.drill-head/1")
        try fields.field("seq", &sequence)
        try fields.field("hash", &hash)
    }

    /// One line.
    var bytes: [UInt8] { Array((json.text + "\n").utf8) }

    init(bytes: [UInt8]) throws(JSONError) {
        try self.init(json: try JSONParser.parse(bytes.dropLast(bytes.last == 0x0A ? 1 : 0)))
    }
}
