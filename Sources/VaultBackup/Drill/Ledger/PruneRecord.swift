/// A prune that was done: how far it saw, and what it did.
public struct PruneRecord: Equatable, Sendable, JSONMapped {
    /// When, milliseconds since 1970.
    public var time: Int64 = 0
    /// 32 hex digits.
    public var storeID = ""
    /// The highest number of an archive that was there.
    public var sequence: UInt64 = 0
    public var marked = 0
    public var deleted = 0
    /// How far the ledger of drills was that another user keeps; nil when none was looked at. With
    /// the number 0 there was none, or it was confirmed that a new one begins.
    public var drills: LedgerHead?

    public init() {}

    mutating func map(_ fields: inout JSONFields) throws(JSONError) {
        try fields.time("pruned", &time)
        try fields.field("store_id", &storeID)
        try fields.field("catalog_seq", &sequence)
        try fields.field("marked", &marked)
        try fields.field("deleted", &deleted)
        try fields.object("drills", &drills)
    }
}
