import Dispatch
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import RPC

/// What is answered is in the journal first.
@Suite struct JournalTests {
    private let journal = TestJournal()
    private let unavailable = Status(.unavailable, "the journal is full")

    private func run(
        _ routes: [Route],
        decide: @escaping @Sendable (String, Caller) -> Status? = { _, _ in nil },
        _ body: (Client) async throws -> Void
    ) async throws {
        let gate = TestGate(decide)
        let journal = journal
        gate.journal = { journal }
        try await TestServer.run(routes, gate: gate) { test in
            try await test.withClient { try await body($0) }
        }
    }

    @Test func everyAnswerIsWrittenDownBeforeItArrives() async throws {
        try await run([UnaryTests.echo]) { client in
            for number in 1...100 {
                _ = try await client.unary(UnaryTests.path, ByteBuffer(string: "x"))
                // Its own line, when the client has it.
                #expect(journal.committed.count == number)
            }
            #expect(Set(journal.committed.map(\.code)) == [.ok])
        }
    }

    @Test func soAreRefusalsOfEveryKind() async throws {
        try await run(
            [UnaryTests.echo, .unary("/test.No/No") { _, _ in .failure(Status(.notFound, "no")) }],
            decide: { path, _ in path == "/a.B/C" ? Status(.permissionDenied, "no") : nil }
        ) { client in
            for path in ["/a.B/C", "/test.No/No", "/test.Echo/Other"] {
                _ = await failure { try await client.unary(path, ByteBuffer()) }
            }
            #expect(
                journal.committed == [
                    .init(path: "/a.B/C", code: .permissionDenied),
                    .init(path: "/test.No/No", code: .notFound),
                    .init(path: "/test.Echo/Other", code: .unimplemented),
                ])
        }
    }

    @Test func whatCannotBeWrittenDownIsAnsweredWithThatInstead() async throws {
        let big = ByteBuffer(repeating: 7, count: 1 << 20)
        try await run([.unary("/test.Big/Get") { _, _ in .message(big) }]) { client in
            journal.fail(with: unavailable)
            for _ in 0..<80 {
                let status = await failure {
                    try await client.unary("/test.Big/Get", ByteBuffer())
                }
                #expect(status == unavailable)
            }
            journal.fail(with: nil)
            // Nothing of the eighty answers counts as unread any more: these still arrive.
            for _ in 0..<3 {
                let answer = try await client.unary("/test.Big/Get", ByteBuffer())
                #expect(answer.readableBytes == 1 << 20)
            }
            #expect(journal.committed.count == 3)
        }
    }

    @Test func answersFromOtherThreadsWaitForTheJournalToo() async throws {
        let later = Route.unary("/test.Later/Say") { call, message in
            SystemThread.start { call.finish(message) }
            return .later
        }
        try await run([later]) { client in
            try await withThrowingTaskGroup { group in
                for _ in 0..<50 {
                    group.addTask {
                        _ = try await client.unary("/test.Later/Say", ByteBuffer(string: "x"))
                    }
                }
                try await group.waitForAll()
            }
            #expect(journal.committed.count == 50)
        }
    }

    @Test func callsThatNobodyWaitsForAnyMoreAreWrittenDown() async throws {
        let never = Route.unary("/test.Never/Say") { _, _ in .later }
        try await run([never]) { client in
            let status = await failure {
                try await client.unary(
                    "/test.Never/Say", ByteBuffer(), timeout: .milliseconds(20))
            }
            #expect(status?.code == .deadlineExceeded)
        }
        // The client gave up, or the server did: whoever was first.
        let codes = journal.committed.map(\.code)
        #expect(codes == [.deadlineExceeded] || codes == [.cancelled])
    }

    @Test func whatManyConnectionsAskAtOnceIsWrittenDownAtOnce() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let gate = TestGate()
        let journal = journal
        gate.journal = { journal }
        try await TestServer.run([UnaryTests.echo], gate: gate, group: group) { test in
            let connections = try (0..<4).map { _ in try RawConnection(test.path) }
            for connection in connections {
                connection.handshake()
                // Once it is answered, the event loop knows it.
                Self.ask(connection, streamID: 1)
                #expect(Self.isAnswered(connection, streamID: 1))
            }
            let isBusy = DispatchSemaphore(value: 0)
            let mayGoOn = DispatchSemaphore(value: 0)
            group.next().execute {
                isBusy.signal()
                mayGoOn.wait()
            }
            Self.wait(for: isBusy)
            for connection in connections { Self.ask(connection, streamID: 3) }
            mayGoOn.signal()
            for connection in connections {
                #expect(Self.isAnswered(connection, streamID: 3))
            }
            #expect(journal.batches == [1, 1, 1, 1, 4])
        }
        try await group.shutdownGracefully()
    }

    /// Whose request has not ended, and whose waits because answers are unread.
    @Test(arguments: [false, true])
    func callsThatNoHandlerHadBeforeTheirDeadlineAreWrittenDown(isWaiting: Bool) async throws {
        let big = ByteBuffer(repeating: 7, count: 1 << 20)
        let gate = TestGate()
        let journal = journal
        gate.journal = { journal }
        var limits = ServerLimits()
        limits.unreadAnswerBytesMax = 1 << 10
        let path = "/test.Big/Get"
        try await TestServer.run(
            [.unary(path) { _, _ in .message(big) }], limits: limits, gate: gate
        ) { test in
            let connection = try RawConnection(test.path)
            connection.handshake()
            if isWaiting { Self.ask(connection, streamID: 1, path) }
            Self.ask(
                connection, streamID: 3, path, timeout: "20m", endsStream: isWaiting)
            while let frame = connection.readFrame() {
                if frame.type == 1, frame.streamID == 3 { break }
            }
            let codes = journal.committed.map(\.code)
            #expect(codes == (isWaiting ? [.ok, .deadlineExceeded] : [.deadlineExceeded]))
        }
    }

    private static func wait(for semaphore: DispatchSemaphore) { semaphore.wait() }

    private static func ask(
        _ connection: RawConnection, streamID: Int32, _ path: String = UnaryTests.path,
        timeout: String? = nil, endsStream: Bool = true
    ) {
        let timeout = timeout.map { RawConnection.block([("grpc-timeout", $0)]) } ?? []
        let request = RawConnection.request(path) + timeout
        connection.write(type: 1, flags: 4, streamID: streamID, request)
        connection.write(
            type: 0, flags: endsStream ? 1 : 0, streamID: streamID, [0, 0, 0, 0, 1, 7])
    }

    /// Reads up to the trailers; the answer has a body.
    private static func isAnswered(_ connection: RawConnection, streamID: Int32) -> Bool {
        var hasBody = false
        while let frame = connection.readFrame() {
            guard frame.streamID == streamID else { continue }
            if frame.type == 0 { hasBody = true }
            if frame.type == 1, frame.flags & 1 != 0 { return hasBody }
        }
        return false
    }
}
