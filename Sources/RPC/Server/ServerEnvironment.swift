/// What the connections of one event loop share. The routes are the loop's own: two processors that
/// count references to the same objects with every call wait for each other's caches.
final class ServerEnvironment: Sendable {
    let routes: RouteTable
    let limits: ServerLimits
    let gate: any Gatekeeper
    let plain: any PlainResponder
    let log: @Sendable (ServerEvent) -> Void
    let registry: ConnectionRegistry
    let mailbox: Mailbox

    init(
        routes: RouteTable, limits: ServerLimits, gate: any Gatekeeper,
        plain: any PlainResponder, log: @escaping @Sendable (ServerEvent) -> Void,
        registry: ConnectionRegistry, mailbox: Mailbox
    ) {
        self.routes = routes
        self.limits = limits
        self.gate = gate
        self.plain = plain
        self.log = log
        self.registry = registry
        self.mailbox = mailbox
    }
}
