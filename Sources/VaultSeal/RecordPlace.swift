/// Where a sealed record belongs. Part of its associated data, so a record moved elsewhere does
/// not open.
public enum RecordPlace: Hashable, Sendable {
    /// An entry of the record log, keyed by its revision.
    case log(main: UInt64, sub: UInt32)
    /// The sealed state root.
    case state
    /// A row of another sealed table (leases and so on).
    case table(id: UInt8, key: UInt64)
}
