/// The keys of the configuration file. In the environment they are in capitals after `VAULTD_`.
enum SettingKey: String, CaseIterable {
    case dataDirectory = "data_directory"
    case socket
    case socketMode = "socket_mode"
    case keyfile
    case anchorFile = "anchor_file"
    case unprovenSlots = "unproven_slots"
    case quotaBytes = "quota_bytes"
    case autoCompactionMode = "auto_compaction_mode"
    case autoCompactionRetention = "auto_compaction_retention"
    case retention
    case watchProgressInterval = "watch_progress_interval"
    case passphraseMemoryMebibytes = "passphrase_memory_mib"
    case passphrasePasses = "passphrase_passes"
    case unsealThreads = "unseal_threads"
    case eventThreads = "event_threads"
    case connectionsMax = "connections_max"
    case connectionsPerUserMax = "connections_per_user_max"
    case streamsPerConnectionMax = "streams_per_connection_max"
    case drainSeconds = "drain_seconds"
    case rotateAfter = "rotate_after"
    case rotateAfterRecords = "rotate_after_records"
    case rotateAfterBytes = "rotate_after_bytes"
    case rewrapRate = "rewrap_rate"
    case auditSync = "audit_sync"
    case auditRotateBytes = "audit_rotate_bytes"
    case auditRotateAge = "audit_rotate_age"
    case auditKeepFiles = "audit_keep_files"
    case auditKeyNames = "audit_key_names"
    case quotas
    case requestsPerSecondMax = "requests_per_second_max"
    case logLevel = "log_level"
}
