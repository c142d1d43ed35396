import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

@testable import VaultServer

/// What the audit log says of calls, seen from outside: one line each, with what the client was
/// told.
@Suite(.serialized) struct AuditedCallTests {
    /// Sealing comes last; it ends what the others need.
    private static let unary =
        Permissions.table.keys.filter { $0.kind == .unary && $0 != Methods.Vault.seal }
        .sorted { $0.path < $1.path } + [Methods.Vault.seal]

    @Test func everyUnaryMethodLeavesOneLineOfWhatTheClientWasTold() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            for method in Self.unary {
                // The lock of no name would wait for the campaign of no name.
                let message: [UInt8] = method == Methods.Lock.lock ? [10, 1, 97] : []
                try await expectOneLine(server, method, message, token: nil)
            }
        }
    }

    @Test func everyMessageThatIsNoneLeavesOneLine() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            for method in Self.unary where method != Methods.Vault.seal {
                try await expectOneLine(server, method, [0x0a, 0xff], token: nil)
            }
        }
    }

    @Test func everyRefusalOfAUserWithoutRightsLeavesOneLine() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let token = try await server.logIn(["guest": []])["guest"]
            for method in Self.unary {
                try await expectOneLine(server, method, [], token: token, user: "guest")
            }
        }
    }

    private func expectOneLine(
        _ server: TestServer, _ method: VaultAPI.Method, _ message: [UInt8], token: String?,
        user: String? = nil
    ) async throws {
        var outcome = ""
        let lines = try await server.requestLines {
            outcome = try await server.outcome(method, message, token: token)
        }
        #expect(lines.map(\.method) == [String(method.path.dropFirst())], "\(method.path)")
        #expect(lines.map(\.status) == [outcome], "\(method.path)")
        let decision = outcome == "PERMISSION_DENIED" ? "refused" : "allowed"
        #expect(lines.map(\.decision) == [decision], "\(method.path): \(outcome)")
        #expect(lines.map(\.user) == [user], "\(method.path)")
    }

    @Test func aTokenThatIsNoneLeavesOneLineOfTheRefusal() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            _ = try await server.logIn([:])
            let lines = try await server.requestLines {
                let outcome = try await server.outcome(
                    Methods.KV.range, [10, 1, 97], token: "mark-of-no-token.1")
                #expect(outcome == "UNAUTHENTICATED")
            }
            #expect(lines.map(\.decision) == ["refused"] && lines[0].user == nil)
        }
    }

    /// A URL may have the name of a secret in it.
    @Test func aPathThatIsNoMethodIsNotRepeated() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let lines = try await server.requestLines {
                for path in ["/v1/secret/data/marked", "/etcdserverpb.KV/Marked"] {
                    await #expect(throws: Status.self) {
                        _ = try await server.client.unary(path, ByteBuffer())
                    }
                }
            }
            #expect(lines.map(\.method) == ["unknown", "unknown"])
            #expect(lines.allSatisfy { $0.status == "UNIMPLEMENTED" })
        }
    }

    @Test func keysStandAsTheHashesThatTheVaultTells() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let names = try await hashes(of: ["app/a", "app/b", "app0", "app/c"], server)
            var transaction = Requests.puts(["app/a"], value: "1")
            var comparison = Etcdserverpb_Compare()
            comparison.key = Data("app/b".utf8)
            transaction.compare = [comparison]
            var read = Etcdserverpb_RequestOp()
            read.requestRange = Requests.range("app/c", end: "app0")
            transaction.failure = [read]
            let lines = try await server.requestLines {
                try await server.put("app/a", "1")
                _ = try await server.get("app/b")
                let _: Etcdserverpb_RangeResponse = try await server.call(
                    Methods.KV.range, Requests.range("app/a", end: "app0"))
                let _: Etcdserverpb_DeleteRangeResponse = try await server.call(
                    Methods.KV.deleteRange, Requests.delete("app/c"))
                let _: Etcdserverpb_TxnResponse = try await server.call(
                    Methods.KV.txn, transaction)
            }
            #expect(
                lines.map(\.key)
                    == [names["app/a"], names["app/b"], names["app/a"], names["app/c"], nil])
            #expect(lines.map(\.end) == [nil, nil, names["app0"], nil, nil])
            let operations = try #require(lines.last?.ops)
            #expect(operations.map(\.op) == ["compare", "put", "get"])
            #expect(operations.map(\.key) == [names["app/b"], names["app/a"], names["app/c"]])
            #expect(operations.map(\.end) == [nil, nil, names["app0"]])
        }
    }

    private func hashes(
        of keys: [String], _ server: TestServer
    ) async throws -> [String: String] {
        var hashes: [String: String] = [:]
        for key in keys {
            var request = Vault_V1_HashKeyRequest()
            request.key = Data(key.utf8)
            let answer: Vault_V1_HashKeyResponse = try await server.call(
                Methods.Audit.hashKey, request)
            hashes[key] = answer.hash
        }
        return hashes
    }
}
