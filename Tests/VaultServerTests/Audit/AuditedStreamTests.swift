import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

@testable import VaultServer

/// What the audit log says of streams: one line for each request in them.
@Suite(.serialized) struct AuditedStreamTests {
    @Test func everyWatcherThatIsAskedForLeavesALine() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let token = try await server.logIn(["web": [("app/", "app0")]])["web"]
            let lines = try await server.requestLines {
                let answers = try await answers(
                    server, Methods.Watch.watch, try ["app/a", "db/a", "app/b"].map(watch),
                    token: token, count: 3)
                #expect(answers.count == 3)
            }
            #expect(lines.map(\.decision) == ["allowed", "refused", "allowed"])
            #expect(lines.map(\.status) == ["OK", "PERMISSION_DENIED", "OK"])
            #expect(Set(lines.map(\.key)).count == 3 && lines.allSatisfy { $0.user == "web" })
        }
    }

    @Test func everyRenewalOfALeaseLeavesALine() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            var grant = Etcdserverpb_LeaseGrantRequest()
            (grant.id, grant.ttl) = (7, 100)
            let _: Etcdserverpb_LeaseGrantResponse = try await server.call(
                Methods.Lease.leaseGrant, grant)
            let lines = try await server.requestLines {
                _ = try await answers(
                    server, Methods.Lease.leaseKeepAlive, [[8, 7], [8, 7], [8, 7]], count: 3)
            }
            #expect(
                lines.map(\.method)
                    == Array(repeating: "etcdserverpb.Lease/LeaseKeepAlive", count: 3))
        }
    }

    private static let streamingMethods = Permissions.table.keys.filter { $0.kind != .unary }
        .sorted { $0.path < $1.path }

    @Test(arguments: streamingMethods)
    func aMessageThatIsNoneLeavesOneLine(method: VaultAPI.Method) async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let lines = try await server.requestLines {
                _ = try await answers(server, method, [[0x0a, 0xff]], count: .max)
            }
            #expect(lines.map(\.method) == [String(method.path.dropFirst())])
        }
    }

    @Test func whatASealedVaultIsAskedIsInTheLog() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            try await server.put("app/a", "1")
            try await server.seal()
            let lines = try await server.newLines {
                let range: [UInt8] = try Requests.range("app/a").serializedBytes()
                #expect(try await server.outcome(Methods.KV.range, range) == "UNAVAILABLE")
                _ = try await answers(
                    server, Methods.Watch.watch, [try watch("app/a")], count: .max)
                _ = try await answers(
                    server, Methods.Lease.leaseKeepAlive, [[8, 7]], count: .max)
            }
            #expect(lines.map(\.status) == ["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"])
            #expect(lines.allSatisfy { $0.mac == nil && $0.key == nil })
        }
    }

    @Test func sealingAndUnsealingAreInTheLogAndWhetherTheyWorked() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let lines = try await server.newLines {
                try await server.seal()
                await #expect(throws: Status.self) {
                    try await server.unseal(passphrase: "wrong")
                }
                try await server.unseal()
            }
            let told = lines.map { line in line.event ?? "\(line.method ?? "") \(line.status ?? "")"
            }
            #expect(
                told == [
                    "sealed", "vault.v1.Vault/Seal OK",
                    "vault.v1.Vault/Unseal UNAUTHENTICATED", "unsealed",
                    "vault.v1.Vault/Unseal OK",
                ])
            #expect(lines.map { $0.mac != nil } == [true, false, false, true, true])
        }
    }

    @Test func theLogSaysThroughWhichSlotTheVaultWasOpened() async throws {
        try await TestServer.with { (server) async throws in
            let key = try RecoveryKeyPair()
            let shares = try await server.initialize(
                TestServer.keyfile(7), TestServer.shares(3, threshold: 2),
                TestServer.recipient(key)
            ).shares
            try await server.seal()
            for share in shares.dropFirst() { _ = try await server.unseal(share: share) }
            try await server.seal()
            var request = Vault_V1_UnsealRequest()
            request.recoveryKey = key.privateHalf
            _ = try await server.unseal(request)
            let unseals = try LoggedFiles.lines(below: server.dataDirectory)
                .filter { $0.event == "unsealed" }
            #expect(unseals.map(\.slot) == [1, 2, 3])
            #expect(unseals.map(\.slotKind) == ["keyfile", "shamir", "recipient"])
            #expect(unseals.allSatisfy { $0.mac != nil })
        }
    }

    private func watch(_ key: String) throws -> [UInt8] {
        var request = Etcdserverpb_WatchRequest()
        request.createRequest.key = Data(key.utf8)
        return try request.serializedBytes()
    }

    /// Sends the messages and takes the first `count` answers, or all until the stream ends.
    private func answers(
        _ server: TestServer, _ method: VaultAPI.Method, _ messages: [[UInt8]],
        token: String? = nil, count: Int
    ) async throws -> [ByteBuffer] {
        let stream = try await server.client.stream(
            method.path, metadata: TestServer.metadata(token), timeout: .seconds(60))
        var answers: [ByteBuffer] = []
        do {
            for message in messages { try await stream.send(ByteBuffer(bytes: message)) }
            if count == .max { stream.finishSending() }
            for try await answer in stream.messages {
                answers.append(answer)
                if answers.count == count { break }
            }
        } catch is Status {
            // That is how most of them end here.
        }
        stream.cancel()
        return answers
    }
}
