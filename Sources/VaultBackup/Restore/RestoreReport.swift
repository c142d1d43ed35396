public import VaultSeal

/// What a restore made.
public struct RestoreReport: Equatable, Sendable {
    public var storeID: StoreID
    /// The new life of the vault.
    public var timeline: UInt32
    /// The last revision that was restored.
    public var restoredRevision: Int64
    /// The revision that the vault goes on from; those between never were.
    public var currentRevision: Int64
    public var records: UInt64
    public var leases: UInt64
    /// Leases that keys hung on and that had ended after the point of the restore.
    public var revivedLeases: UInt64
    /// When the newest record was written, milliseconds since 1970; 0 when there is none.
    public var newestTime: Int64
    /// The last line of the audit log that was restored; 0 when none was.
    public var auditLine: UInt64
    /// The slot that opened the archive.
    public var slot: SlotDescription
}
