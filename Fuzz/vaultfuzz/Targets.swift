/// The targets by name.
enum Targets {
    static let all: [String: @Sendable () throws -> any FuzzTarget] = [
        "canary": { CanaryTarget() },
        "records": { RecordsTarget() },
        "keyring": { try KeyringTarget() },
        "archive": { try ArchiveTarget() },
        "frames": { try FramesTarget(restores: false) },
        "restore": { try FramesTarget(restores: true) },
        "ledger": { try LedgerTarget() },
        "plain": { PlainRequestTarget() },
        "head": { HeadTarget() },
        "messages": { MessagesTarget() },
        "session": { SessionTarget() },
        "requests": { try RequestsTarget() },
        "transactions": { try TransactionsTarget() },
        "watches": { try WatchTarget() },
        "audit": { try AuditTarget() },
    ]

    /// The one of this process.
    ///
    /// SAFETY: set before libFuzzer starts, which calls from this one thread.
    nonisolated(unsafe) static var current: (any FuzzTarget)?
}
