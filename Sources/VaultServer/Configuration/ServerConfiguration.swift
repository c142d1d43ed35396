public import Logging
public import VaultAccess
public import VaultStore

/// What an operator may choose, with the defaults. `config/vaultd.yaml` documents every key.
public struct ServerConfiguration: Equatable, Sendable {
    /// Where the vault's files are.
    public var dataDirectory = "/var/lib/vaultd"
    /// The socket that clients connect to.
    public var socket = "/run/vaultd/vaultd.sock"
    /// Permissions of the socket.
    public var socketMode = 0o600
    /// A key file that unseals the vault at start; empty for none.
    public var keyfile = ""
    /// A file, on another disk, with how far the vault is; empty for none.
    public var anchorFile = ""
    /// Whether slots open the vault that anybody could have made who had seen the keyring.
    public var acceptsUnprovenSlots = false
    /// Bytes that records may take; 0 is no quota.
    public var quotaBytes = Int(VaultStore.Limits.quotaBytesDefault)
    /// How much of the past is kept without being asked to forget it.
    public var autoCompaction = AutoCompaction.off
    /// What compaction leaves of the past of some keys.
    public var retention: [RetentionRule] = []
    /// How long a watcher that wants to know how far it is waits without events; milliseconds.
    public var watchProgressInterval: Int64 = 600_000
    /// When the data key is replaced by itself.
    public var rotation = RotationPolicy()
    /// Records that a rewrap seals again in a second, at most.
    public var rewrapRate = VaultStore.Limits.rewrapRateDefault
    /// What a new passphrase slot costs to open: memory and passes of Argon2id.
    public var passphraseMemoryMebibytes = 256
    public var passphrasePasses = 3
    /// Threads that open records at unseal; 0 is one for each core.
    public var unsealThreads = 0
    /// Threads that serve connections; 0 is one for each core.
    public var eventThreads = 0
    /// Connections at a time, and how many of them one user may have.
    public var connectionsMax = Limits.connectionsMaxDefault
    public var connectionsPerUserMax = Limits.connectionsPerUserMaxDefault
    /// Calls at a time on one connection.
    public var streamsPerConnectionMax = Limits.streamsPerConnectionMaxDefault
    /// How long a shutdown waits for calls under way.
    public var drainSeconds = Limits.drainSecondsDefault
    /// How the audit log is kept.
    public var audit = AuditConfiguration()
    /// What callers may take of the server, and requests a second in all; 0 is as many as it can.
    public var quotas: [QuotaRule] = []
    public var requestsPerSecondMax = 0
    public var logLevel = Logger.Level.info

    public init() {}
}
