import NIOCore
import NIOEmbedded

@testable import RPC

/// A connection of the server without a socket or a thread, and the client at its other end.
final class EmbeddedClient {
    private let loop = EmbeddedEventLoop()
    private let channel: EmbeddedChannel
    private let registry = ConnectionRegistry(unreadBytesMax: 1 << 30)
    private let handlers = EmbeddedHandlers()
    private let connection: ServerConnection
    private(set) var received: [UInt8] = []

    var connectionCount: Int { registry.count }
    var openStreams: Int { handlers.openStreams }
    /// Bytes of answers that are counted as unread.
    var unreadBytes: Int { connection.unreadAnswerBytes }

    init(limits: ServerLimits) {
        let peer = PeerCredentials(processID: 7, userID: 1, groupID: 1)
        guard case .admitted(let ticket) = registry.admit(peer, limits: limits) else {
            preconditionFailure("the first connection is let in")
        }
        let environment = ServerEnvironment(
            routes: RouteTable(handlers.routes), limits: limits, gate: OpenGate(),
            plain: GRPCOnly(), log: { _ in }, registry: registry,
            mailbox: Mailbox(eventLoop: loop, journal: EmbeddedJournal()))
        connection = ServerConnection(
            environment: environment, ticket: ticket, identification: UnknownPeer.instance)
        channel = EmbeddedChannel(loop: loop)
        do {
            try channel.connect(to: SocketAddress(unixDomainSocketPath: "/none")).wait()
            registry.add(ticket, channel)
            try channel.pipeline.syncOperations.addHandler(connection)
        } catch { preconditionFailure("a channel without a socket opens: \(error)") }
    }

    func send(_ bytes: [UInt8]) {
        guard channel.isActive, !bytes.isEmpty else { return }
        do { try channel.writeInbound(ByteBuffer(bytes: bytes)) } catch {
            preconditionFailure("no error comes to the end of the pipeline: \(error)")
        }
        collect()
    }

    /// Whether the client takes what it is sent.
    func setReading(_ isReading: Bool) {
        guard channel.isActive, channel.isWritable != isReading else { return }
        channel.isWritable = isReading
        channel.pipeline.fireChannelWritabilityChanged()
        collect()
    }

    /// Lets those answer who said that they would later.
    func runLoop() {
        loop.run()
        handlers.resume()
        loop.run()
        collect()
    }

    func drain() {
        registry.signal(.drain)
        runLoop()
    }

    func hangUp() {
        do { _ = try channel.finish(acceptAlreadyClosed: true) } catch {
            preconditionFailure("a channel without a socket closes: \(error)")
        }
        runLoop()
    }

    private func collect() {
        do {
            while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
                received += buffer.readableBytesView
            }
        } catch { preconditionFailure("only bytes are written: \(error)") }
    }
}
