/// What services say of this server besides the vault's own state.
struct ServerFacts: Sendable {
    /// What clients dial, as `unix:///absolute/path`; they use it for `--cluster` and for sync.
    var clientURLs: [String]
    /// A throw-away vault.
    var isDevelopment: Bool
    var processID: Int32
    var startedAt: ContinuousClock.Instant
    /// What it was started with.
    var configuration = ServerConfiguration()
    var confinement = Confinement.off
}
