import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultAccess
import VaultTestSupport

@testable import VaultServer

/// Quotas as clients meet them. Rates are tiny, and bursts large, so that nothing depends on how
/// fast the machine is.
@Suite struct QuotaTests {
    private func withUsers(
        _ rules: [String], total: Int = 0,
        _ body: (TestServer, [String: String]) async throws -> Void
    ) async throws {
        try await TestServer.with(change: {
            $0.quotas = rules.compactMap { QuotaRule($0) }
            $0.requestsPerSecondMax = total
        }) { (server) async throws in
            try await server.initialize()
            let users = ["noisy", "quiet"]
            let tokens = try await server.logIn(
                Dictionary(uniqueKeysWithValues: users.map { ($0, [("app/", "app0")]) }))
            try await body(server, tokens)
        }
    }

    private func answers(
        _ server: TestServer, _ token: String?, count: Int
    ) async throws -> [String: Int] {
        let message: [UInt8] = try Requests.range("app/a").serializedBytes()
        var answers: [String: Int] = [:]
        for _ in 0..<count {
            answers[
                try await server.outcome(Methods.KV.range, message, token: token), default: 0] += 1
        }
        return answers
    }

    @Test func beyondItsRateACallerIsToldThatThereAreTooManyRequests() async throws {
        try await withUsers(["account:noisy rate=1 burst=50"]) { (server, tokens) async throws in
            let start = ContinuousClock.now
            let answers = try await answers(server, tokens["noisy"], count: 400)
            let seconds = Int(start.duration(to: .now).components.seconds) + 1
            let served = answers["OK", default: 0]
            #expect(served >= 50 && served <= 50 + seconds, "\(answers) in \(seconds) s")
            #expect(answers["RESOURCE_EXHAUSTED"] == 400 - served)
            do {
                for _ in 0..<50 {
                    _ = try await server.client.unary(
                        Methods.KV.range.path, ByteBuffer(bytes: [10, 5] + Array("app/a".utf8)),
                        metadata: TestServer.metadata(tokens["noisy"]))
                }
                Issue.record("nobody was refused")
            } catch let status as Status {
                #expect(status == Status(.resourceExhausted, "etcdserver: too many requests"))
            }
        }
    }

    @Test func nobodyElsePaysForANoisyCaller() async throws {
        try await withUsers(["default rate=1 burst=60"]) { (server, tokens) async throws in
            let noisy = try await answers(server, tokens["noisy"], count: 500)
            #expect(noisy["RESOURCE_EXHAUSTED", default: 0] > 0, "\(noisy)")
            #expect(try await answers(server, tokens["quiet"], count: 60) == ["OK": 60])
        }
    }

    @Test func theOwnerOfTheServerIsNeverRefused() async throws {
        try await withUsers(["default rate=1 burst=1", "uid:0 rate=1 burst=1"], total: 100) {
            (server, tokens) async throws in
            _ = try await answers(server, tokens["noisy"], count: 50)
            #expect(try await answers(server, nil, count: 300) == ["OK": 300])
        }
    }

    /// A refusal is a request that was answered: it is in the audit log.
    @Test func refusalsByQuotaAreInTheAuditLog() async throws {
        try await withUsers(["account:noisy rate=1 burst=5"]) { (server, tokens) async throws in
            var told: [String: Int] = [:]
            let lines = try await server.requestLines {
                told = try await answers(server, tokens["noisy"], count: 40)
            }
            #expect(lines.count == 40)
            let logged = Dictionary(grouping: lines) { $0.status ?? "" }.mapValues(\.count)
            #expect(logged == told)
        }
    }

    @Test func watchersCountUntilTheyEnd() async throws {
        try await withUsers(["account:noisy watches=2"]) { (server, tokens) async throws in
            let first = try await Watchers(server, tokens["noisy"])
            #expect(try await first.create() == .created(0))
            #expect(try await first.create() == .created(1))
            #expect(try await first.create() == .refused("etcdserver: too many requests"))
            // One that may not be had takes no seat, and one that is cancelled gives its seat back.
            #expect(try await first.create("db/").isRefused)
            try await first.cancel(0)
            #expect(try await first.create() == .created(2))
            // Seats are the user's, not the stream's; a stream that ends gives its seats back.
            let second = try await Watchers(server, tokens["noisy"])
            #expect(try await second.create().isRefused)
            let other = try await Watchers(server, tokens["quiet"])
            #expect(try await other.create() == .created(0))
            first.end()
            try await second.createInTheEnd()
        }
    }

    @Test func watchersOfASealedVaultGiveTheirSeatsBack() async throws {
        try await withUsers(["account:noisy watches=1"]) { (server, tokens) async throws in
            let first = try await Watchers(server, tokens["noisy"])
            #expect(try await first.create() == .created(0))
            try await server.seal()
            try await server.unseal()
            var request = Etcdserverpb_AuthenticateRequest()
            (request.name, request.password) = ("noisy", "password of noisy")
            let login: Etcdserverpb_AuthenticateResponse = try await server.call(
                Methods.Auth.authenticate, request)
            let second = try await Watchers(server, login.token)
            try await second.createInTheEnd()
        }
    }

    /// A loop of calls that are refused costs as much as one of calls that are not.
    @Test func refusedCallsCount() async throws {
        try await withUsers(["account:noisy rate=1 burst=50"]) { (server, tokens) async throws in
            let start = ContinuousClock.now
            var told: [String: Int] = [:]
            for number in 0..<400 {
                let method = [Methods.Maintenance.defragment, Methods.Audit.resume][number % 2]
                let outcome = try await server.outcome(method, [], token: tokens["noisy"])
                told[outcome, default: 0] += 1
            }
            let denied = told["PERMISSION_DENIED", default: 0]
            let seconds = Int(start.duration(to: .now).components.seconds) + 1
            #expect(denied >= 50 && denied <= 50 + seconds, "\(told)")
            #expect(told["RESOURCE_EXHAUSTED"] == 400 - denied)
            #expect(try await answers(server, tokens["quiet"], count: 5) == ["OK": 5])
        }
    }

    @Test func streamsThatAreOpenedAndWhatIsSaidOnThemCount() async throws {
        try await withUsers(["account:noisy rate=1 burst=50"]) { (server, tokens) async throws in
            var watchers: [Watchers] = []
            for _ in 0..<20 {
                let watcher = try await Watchers(server, tokens["noisy"])
                // Each request for a watcher is one more.
                #expect(try await !watcher.create().isRefused)
                watchers.append(watcher)
            }
            let start = ContinuousClock.now
            let served = try await answers(server, tokens["noisy"], count: 100)["OK", default: 0]
            let seconds = Int(start.duration(to: .now).components.seconds) + 60
            #expect(served <= 10 + seconds)
            // A stream under way goes on, and none is opened: in the end, where a second that goes
            // by lets one more in.
            await #expect(throws: Status(.resourceExhausted, "etcdserver: too many requests")) {
                for _ in 0..<100 {
                    _ = try await answers(server, tokens["noisy"], count: 100)
                    #expect(try await !watchers[0].create().isRefused)
                    _ = try await Watchers(server, tokens["noisy"]).create()
                }
            }
        }
    }
}
