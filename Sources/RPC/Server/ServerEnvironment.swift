/// What every connection of a server shares.
struct ServerEnvironment: Sendable {
    let routes: RouteTable
    let limits: ServerLimits
    let gate: any Gatekeeper
    let plain: any PlainResponder
    let log: @Sendable (ServerEvent) -> Void
    let registry: ConnectionRegistry
}
