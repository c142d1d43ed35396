import NIOCore

/// The channel side of a connection, the same for server and client: bytes from the socket go
/// into the session, frames from the session go out, at most `turnBytesMax` a turn of the event
/// loop so that a long response never holds up the other connections of the loop.
class Connection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Bytes of frames made in one turn of the event loop. The last of them may go past it; with it
    /// they fit a buffer of 256 KiB.
    static let turnBytesMax = 236 * 1024

    /// The size of buffer that an idle connection may keep.
    private static let keptOutputBytesMax = 64 * 1024

    private(set) var context: ChannelHandlerContext?
    private(set) var session: Session?
    /// Bytes are being fed to the session: what is submitted meanwhile is flushed at read complete.
    private(set) var isReading = false
    private var isFlushing = false
    private var isContinuationScheduled = false
    private var isReadPending = false
    /// Set once: nothing is read or sent any more but what has been flushed.
    private(set) var isClosing = false
    private(set) var lastReadTime = NIODeadline.now()

    /// Lends the session without counting a reference.
    ///
    /// SAFETY: the connection lets go of it when its handler is removed. That is a step of the
    /// event loop of its own, or happens while the bytes are fed or fetched by somebody who keeps
    /// the session, and never within what `body` asks nghttp2 to note for the next flush.
    @inline(__always)
    final func withSession(_ body: (Session) -> Void) {
        unmanagedSession?._withUnsafeGuaranteedRef(body)
    }

    @inline(__always)
    private final var unmanagedSession: Unmanaged<Session>? { session.map { .passUnretained($0) } }

    // MARK: For subclasses

    func makeSession() throws(Session.Failure) -> Session {
        preconditionFailure("a connection is a server's or a client's")
    }

    /// Whether reading stops while the peer does not read. On one side only: two that wait for
    /// each other wait for ever.
    var pausesReadingWhenUnwritable: Bool { false }

    /// Whether anything may be sent yet.
    var mayFlush: Bool { true }

    /// Looks at bytes before the session does; false drops them.
    func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool { true }

    /// Everything of one socket read has been fed to the session.
    func readCompleted() {}

    /// What handlers answered at once may leave: now, or soon.
    func flushAfterRead() { flush() }

    /// What is ready to be sent is about to be.
    func willFlush() {}

    /// Frames were made and handed to the socket.
    func flushCompleted() {}

    /// The session cannot go on.
    func sessionFailed(_ failure: Session.Failure) {}

    /// The connection is gone, whoever closed it. Called once.
    func connectionClosed(_ error: (any Error)?) {}

    // MARK: Reading

    final func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        do throws(Session.Failure) {
            session = try makeSession()
        } catch {
            sessionFailed(error)
            close()
        }
        if context.channel.isActive {
            flush()
        }
    }

    final func channelActive(context: ChannelHandlerContext) {
        flush()
    }

    final func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing, let session else { return }
        let buffer = Self.unwrapInboundIn(data)
        if !isReading {
            isReading = true
            lastReadTime = .now()
        }
        buffer.withUnsafeReadableBytes { bytes in
            guard accepts(bytes) else { return }
            do throws(Session.Failure) {
                try session.receive(bytes)
            } catch {
                sessionFailed(error)
                close()
            }
        }
    }

    final func channelReadComplete(context: ChannelHandlerContext) {
        if isReading {
            readCompleted()
            isReading = false
        }
        flushAfterRead()
    }

    final func read(context: ChannelHandlerContext) {
        if context.channel.isWritable || isClosing || !pausesReadingWhenUnwritable {
            context.read()
        } else {
            isReadPending = true
        }
    }

    // MARK: Writing

    /// Sends what the session has, up to one turn's bytes; the rest follows in later turns.
    final func flush() {
        guard !isFlushing, !isReading, !isClosing, let context, let session else { return }
        guard context.channel.isActive, context.channel.isWritable, mayFlush else { return }
        isFlushing = true
        defer { isFlushing = false }
        willFlush()
        do throws(Session.Failure) {
            let hasMore = try session.produce(bytesMax: Self.turnBytesMax)
            if session.output.readableBytes > 0 {
                context.writeAndFlush(Self.wrapOutboundOut(session.output), promise: nil)
                // A long response does not leave its large buffer behind.
                if session.output.capacity > Self.keptOutputBytesMax, !hasMore {
                    session.output = ByteBuffer()
                } else {
                    session.output.clear(minimumCapacity: 0)
                }
            }
            flushCompleted()
            if hasMore {
                continueLater(context)
            } else if session.isFinished {
                close()
            }
        } catch {
            sessionFailed(error)
            close()
        }
    }

    /// Flushes in the event loop's next turn, for what came up during a flush.
    final func flushLater() {
        if let context { continueLater(context) }
    }

    private func continueLater(_ context: ChannelHandlerContext) {
        guard !isContinuationScheduled else { return }
        isContinuationScheduled = true
        let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.execute {
            connection.value.isContinuationScheduled = false
            connection.value.flush()
        }
    }

    final func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            flush()
            if isReadPending {
                isReadPending = false
                context.read()
            }
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Closing

    /// Sends what the session has to say (a GOAWAY, say), once, and closes.
    final func flushAndClose() {
        guard !isClosing, let context, let session else { return }
        willFlush()
        do throws(Session.Failure) {
            _ = try session.produce(bytesMax: Self.turnBytesMax)
        } catch {
            // Nothing can be said any more; what was gathered before is still worth sending.
        }
        if session.output.readableBytes > 0, context.channel.isActive {
            context.writeAndFlush(Self.wrapOutboundOut(session.output), promise: nil)
            session.output = ByteBuffer()
        }
        close()
    }

    /// Closes at once; bytes flushed before may or may not arrive.
    final func close() {
        guard !isClosing else { return }
        isClosing = true
        session?.close()
        context?.close(promise: nil)
    }

    /// Writes bytes that are not HTTP/2, and closes when they were taken, or in a while.
    final func closeSaying(_ bytes: ByteBuffer, within timeout: TimeAmount) {
        guard !isClosing, let context else { return }
        isClosing = true
        session?.close()
        let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
        let late = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            connection.value.context?.close(promise: nil)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            late.cancel()
            connection.value.context?.close(promise: nil)
        }
        context.writeAndFlush(Self.wrapOutboundOut(bytes), promise: written)
    }

    final func channelInactive(context: ChannelHandlerContext) {
        finish(nil)
        context.fireChannelInactive()
    }

    /// Here, so that a subclass overrides it: a witness of the protocol's default would be called
    /// instead of a method that only the subclass has.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
    }

    final func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close()
    }

    final func handlerRemoved(context: ChannelHandlerContext) {
        finish(nil)
        self.context = nil
        // Each keeps the other.
        session = nil
    }

    private var isFinished = false

    private func finish(_ error: (any Error)?) {
        guard !isFinished else { return }
        isFinished = true
        isClosing = true
        session?.close()
        connectionClosed(error)
    }
}
