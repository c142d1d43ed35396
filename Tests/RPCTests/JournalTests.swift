import NIOCore
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
        var gate = TestGate(decide)
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
}
