/// What every connection of a server shares.
struct ServerEnvironment: Sendable {
    let routes: RouteTable
    let limits: ServerLimits
    let admit: @Sendable (_ path: String, _ peer: PeerCredentials, _ metadata: Metadata) -> Status?
    let log: @Sendable (ServerEvent) -> Void
    let registry: ConnectionRegistry
}
