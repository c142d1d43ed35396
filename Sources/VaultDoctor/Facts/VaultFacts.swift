/// What the vault says of itself.
public struct VaultFacts: Equatable, Sendable {
    public struct Slot: Equatable, Sendable {
        public var id: UInt32
        public var kind: String
        /// Opens the vault when the machine is lost: no key file that may have been on it alone.
        public var survivesMachine: Bool
        /// Mebibytes of Argon2id; nil for what is no passphrase.
        public var passphraseMebibytes: UInt64?

        public init(
            id: UInt32, kind: String, survivesMachine: Bool, passphraseMebibytes: UInt64? = nil
        ) {
            self.id = id
            self.kind = kind
            self.survivesMachine = survivesMachine
            self.passphraseMebibytes = passphraseMebibytes
        }
    }

    public enum AuditSync: Sendable { case each, interval, never }

    public var isDevelopment = false
    public var isInitialized = true
    public var isSealed = false
    public var slots: [Slot] = []
    /// Why requests are refused for the audit log's sake; empty when they are not.
    public var auditTrouble = ""
    /// Why nothing can be written to the store; empty when it can.
    public var storeTrouble = ""
    public var auditSync = AuditSync.interval
    public var auditNamesKeys = false
    public var usedBytes: Int64 = 0
    /// 0 is no quota.
    public var quotaBytes: Int64 = 0
    public var alarms: [String] = []
    /// Seconds since the newest data key was made; nil when it is not known.
    public var dataKeyAge: Int64?
    /// Records that a rewrap has still to seal under the newest key; nil when it is not known.
    public var recordsUnderOldKeys: UInt64?
    /// How old the newest archive is that was confirmed, seconds; nil when none ever was.
    public var backupAge: Int64?
    /// It was restored, and nobody has accepted it.
    public var isQuarantined = false

    public init() {}
}
