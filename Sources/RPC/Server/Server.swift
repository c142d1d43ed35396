import NIOCore
public import NIOPosix
import Synchronization

/// A gRPC server on UNIX sockets, which also answers plain HTTP/1.1.
///
/// Each connection lives on one event loop of the group, where its unary handlers run too; an
/// acceptor thread per listening socket hands connections to the loops in turn.
public final class Server: Sendable {
    private let environment: ServerEnvironment
    /// One for each event loop, by set.
    private let mailboxes: [[Mailbox]]
    private let acceptors = Mutex<[Acceptor]>([])
    private let nextLoop = Atomic<Int>(0)

    /// Without `plain` whoever speaks HTTP/1.1 is told to use gRPC. `log` is called on event loops
    /// and acceptor threads and must not block.
    ///
    /// - Parameter loopSets: how many sets the loops of `group` are dealt out to. What the
    ///   connections of one set ask for never holds up those of another: the kernel shares the
    ///   processors among them. Which is whose, `PeerIdentification` says.
    public init(
        routes: [Route], limits: ServerLimits = ServerLimits(),
        group: MultiThreadedEventLoopGroup, loopSets: Int = 1,
        gate: any Gatekeeper = OpenGate(),
        plain: (any PlainResponder)? = nil,
        log: @escaping @Sendable (ServerEvent) -> Void = { _ in }
    ) {
        environment = ServerEnvironment(
            routes: RouteTable(routes), limits: limits, gate: gate,
            plain: plain ?? GRPCOnly(), log: log,
            registry: ConnectionRegistry(unreadBytesMax: limits.unreadBytesMax))
        let all = group.makeIterator().map {
            Mailbox(eventLoop: $0, journal: gate.makeJournal())
        }
        precondition(loopSets > 0 && all.count >= loopSets, "a set without an event loop")
        mailboxes = (0..<loopSets).map { set in
            stride(from: set, to: all.count, by: loopSets).map { all[$0] }
        }
    }

    /// Accepts connections of `listener` from now on; the server closes it when it drains.
    public func start(_ listener: ListeningSocket) async throws {
        let acceptor = try Acceptor(
            listener: listener, registry: environment.registry, limits: environment.limits,
            gate: environment.gate, log: environment.log
        ) { descriptor, ticket, identification in
            self.adopt(descriptor, ticket, identification)
        }
        acceptors.withLock { $0.append(acceptor) }
        acceptor.start()
    }

    /// The number of open connections.
    public var connectionCount: Int { environment.registry.count }

    /// Stops accepting, tells the clients (GOAWAY), finishes the calls under way and closes.
    /// What is not finished after `timeout` is cut off.
    public func drain(timeout: Duration) async {
        environment.registry.beginDraining()
        for acceptor in acceptors.withLock({ $0 }) {
            await acceptor.stop()
        }
        environment.registry.signal(.drain)
        let cutOff = mailboxes[0][0].eventLoop.scheduleTask(in: TimeAmount(timeout)) {
            self.environment.registry.signal(.close)
        }
        await environment.registry.waitUntilEmpty()
        cutOff.cancel()
    }

    /// Makes an accepted descriptor a connection of the next event loop.
    private func adopt(
        _ descriptor: Int32, _ ticket: ConnectionTicket,
        _ identification: any PeerIdentification
    ) {
        let turn = nextLoop.wrappingAdd(1, ordering: .relaxed).oldValue
        let set = mailboxes[min(identification.loopSet, mailboxes.count - 1)]
        let mailbox = set[turn % set.count]
        let environment = environment
        let limits = environment.limits
        let mark = ChannelOptions.Types.WriteBufferWaterMark(
            low: limits.outboundBytesPausingReads / 2, high: limits.outboundBytesPausingReads)
        ClientBootstrap(group: mailbox.eventLoop)
            .channelOption(.writeBufferWaterMark, value: mark)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = ServerConnection(
                        environment: environment, ticket: ticket, identification: identification,
                        mailbox: mailbox)
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
