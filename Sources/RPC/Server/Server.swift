import NIOCore
public import NIOPosix
import Synchronization

/// A gRPC server on UNIX sockets, which also answers plain HTTP/1.1.
///
/// Each connection lives on one event loop of the group, where its unary handlers run too; an
/// acceptor thread per listening socket hands connections to the loops in turn. No two loops have a
/// route in common.
public final class Server: Sendable {
    /// One for each event loop, by set.
    private let environments: [[ServerEnvironment]]
    private let limits: ServerLimits
    private let gate: any Gatekeeper
    private let log: @Sendable (ServerEvent) -> Void
    private let registry: ConnectionRegistry
    private let acceptors = Mutex<[Acceptor]>([])
    private let nextLoop = Atomic<Int>(0)

    /// Without `plain` whoever speaks HTTP/1.1 is told to use gRPC. `log` is called on event loops
    /// and acceptor threads and must not block.
    ///
    /// - Parameters:
    ///   - routes: called once for each event loop. Routes that are made anew each time are counted
    ///     references to by one loop alone.
    ///   - loopSets: how many sets the loops of `group` are dealt out to. What the connections of
    ///     one set ask for never holds up those of another: the kernel shares the processors among
    ///     them. Which is whose, `PeerIdentification` says.
    public init(
        routes: () -> [Route], limits: ServerLimits = ServerLimits(),
        group: MultiThreadedEventLoopGroup, loopSets: Int = 1,
        gate: any Gatekeeper = OpenGate(),
        plain: (any PlainResponder)? = nil,
        log: @escaping @Sendable (ServerEvent) -> Void = { _ in }
    ) {
        self.limits = limits
        self.gate = gate
        self.log = log
        let registry = ConnectionRegistry(unreadBytesMax: limits.unreadBytesMax)
        self.registry = registry
        let plain = plain ?? GRPCOnly()
        let all = group.makeIterator().map {
            ServerEnvironment(
                routes: RouteTable(routes()), limits: limits, gate: gate, plain: plain, log: log,
                registry: registry, mailbox: Mailbox(eventLoop: $0, journal: gate.makeJournal()))
        }
        precondition(loopSets > 0 && all.count >= loopSets, "a set without an event loop")
        environments = (0..<loopSets).map { set in
            stride(from: set, to: all.count, by: loopSets).map { all[$0] }
        }
    }

    /// Accepts connections of `listener` from now on; the server closes it when it drains.
    public func start(_ listener: ListeningSocket) async throws {
        let acceptor = try Acceptor(
            listener: listener, registry: registry, limits: limits, gate: gate, log: log
        ) { descriptor, ticket, identification in
            self.adopt(descriptor, ticket, identification)
        }
        acceptors.withLock { $0.append(acceptor) }
        acceptor.start()
    }

    /// The number of open connections.
    public var connectionCount: Int { registry.count }

    /// Stops accepting, tells the clients (GOAWAY), finishes the calls under way and closes.
    /// What is not finished after `timeout` is cut off.
    public func drain(timeout: Duration) async {
        registry.beginDraining()
        for acceptor in acceptors.withLock({ $0 }) {
            await acceptor.stop()
        }
        registry.signal(.drain)
        let cutOff = environments[0][0].mailbox.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
            self.registry.signal(.close)
        }
        await registry.waitUntilEmpty()
        cutOff.cancel()
    }

    /// Makes an accepted descriptor a connection of the next event loop.
    private func adopt(
        _ descriptor: Int32, _ ticket: ConnectionTicket,
        _ identification: any PeerIdentification
    ) {
        let turn = nextLoop.wrappingAdd(1, ordering: .relaxed).oldValue
        let set = environments[min(identification.loopSet, environments.count - 1)]
        let environment = set[turn % set.count]
        let mark = ChannelOptions.Types.WriteBufferWaterMark(
            low: limits.outboundBytesPausingReads / 2, high: limits.outboundBytesPausingReads)
        ClientBootstrap(group: environment.mailbox.eventLoop)
            .channelOption(.writeBufferWaterMark, value: mark)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = ServerConnection(
                        environment: environment, ticket: ticket, identification: identification)
                    // Before the handler is there, so that a handler that closes at once is
                    // removed after it was added.
                    environment.registry.add(ticket, channel)
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
            .withConnectedSocket(descriptor)
            .whenFailure { _ in
                ticket.release()
            }
    }
}
