/// What the server tells its connections, as a user event of their pipelines.
enum ServerSignal: Sendable {
    /// Take no new calls, finish those under way, then close.
    case drain
    /// Close now.
    case close
}
