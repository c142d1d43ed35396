import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import Testing
import VaultAPI

@testable import VaultServer

/// What other vaults and stores got wrong, each by its name.
@Suite(.serialized) struct LessonTests {
    private static let denied = Status(.permissionDenied, "etcdserver: permission denied")

    // MARK: - Ranges

    /// Vault's CVE-2021-3024 and others: a listing must not show what a deeper rule hides.
    @Test func listingNeedsTheWholeRangeAndNotItsEdges() async throws {
        try await TestServer.withLogins { (server) async throws in
            for key in ["a/1", "a/2", "a/3"] { try await server.put(key, "v") }
            let alice = try await server.somebody("alice", [.read("a/1"), .read("a/3", "a0")])
            for range in [
                Requests.range("a/", end: "a0"), Requests.range("a/1", end: "a/4"),
                Requests.range("\0", end: "\0"), Requests.range("a/2"),
            ] {
                var counting = range
                counting.countOnly = true
                var keys = range
                keys.keysOnly = true
                var one = range
                one.limit = 1
                for range in [range, counting, keys, one] {
                    #expect(try await alice.refusal(Methods.KV.range, range) == Self.denied)
                }
            }
            let answer: Etcdserverpb_RangeResponse = try await alice.call(
                Methods.KV.range, Requests.range("a/3", end: "a/4"))
            #expect(answer.count == 1)
        }
    }

    @Test func twoPermissionsThatTouchAreOneRange() async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [.read("a", "b"), .read("b", "c")])
            #expect(
                try await alice.refusal(Methods.KV.range, Requests.range("a", end: "c")) == nil)
            #expect(
                try await alice.refusal(Methods.KV.range, Requests.range("a", end: "c\0"))
                    == Self.denied)
        }
    }

    /// A range that is none allows nothing and is allowed nothing.
    @Test func anInvertedRangeIsRefused() async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [.both("a", "c")])
            #expect(
                try await alice.refusal(Methods.KV.range, Requests.range("b", end: "a"))
                    == Self.denied)
            let malformed = Etcdserverpb_AuthRoleGrantPermissionRequest.with {
                $0.name = "alice"
                $0.perm.key = Data("x".utf8)
                $0.perm.rangeEnd = Data("w".utf8)
            }
            #expect(
                try await server.refusal(Methods.Auth.roleGrantPermission, malformed)
                    == Status(.invalidArgument, "etcdserver: invalid auth management"))
        }
    }

    /// Keys are bytes: nothing is resolved, folded or decoded on the way to the rules.
    @Test func pathTricksAreOtherKeys() async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [.both("app/web/", "app/web0")])
            for key in [
                "app/web", "app//web/x", "./app/web/x", "APP/web/x", "app/web\0/x",
                "app/%77eb/x", "app/../app/web/x", "/app/web/x", "app/web0",
            ] {
                #expect(
                    try await alice.refusal(Methods.KV.put, Requests.put(key, "v"))
                        == Self.denied, "\(key)")
            }
            // Below the prefix, ".." is a name like any other and leads nowhere.
            #expect(
                try await alice.refusal(Methods.KV.put, Requests.put("app/web/../x", "v")) == nil)
        }
    }

    // MARK: - Transactions

    /// etcd's GHSA-rfx7-8w68-q57q: operations of nested transactions went unchecked.
    @Test func everyPlaceOfATransactionIsChecked() async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [.both("mine"), .get("seen")])
            var operations: [Etcdserverpb_RequestOp] = []
            operations.append(.with { $0.requestRange = Requests.range("other") })
            operations.append(.with { $0.requestRange = Requests.range("mine", end: "\0") })
            operations.append(.with { $0.requestRange = Requests.range("seen", end: "seen\0\0") })
            operations.append(.with { $0.requestPut = Requests.put("seen", "v") })
            operations.append(.with { $0.requestDeleteRange = Requests.delete("seen") })
            operations.append(.with { $0.requestDeleteRange = Requests.delete("mine", end: "n") })
            for operation in operations {
                for transaction in Self.placings(of: operation) {
                    #expect(
                        try await alice.refusal(Methods.KV.txn, transaction) == Self.denied,
                        "\(transaction)")
                }
            }
            let fine = Etcdserverpb_RequestOp.with { $0.requestRange = Requests.range("seen") }
            for transaction in Self.placings(of: fine) {
                #expect(try await alice.refusal(Methods.KV.txn, transaction) == nil)
            }
        }
    }

    /// In either branch, and one, two and three transactions deep.
    private static func placings(of operation: Etcdserverpb_RequestOp) -> [Etcdserverpb_TxnRequest]
    {
        let put = Etcdserverpb_RequestOp.with { $0.requestPut = Requests.put("mine", "v") }
        var all: [Etcdserverpb_TxnRequest] = []
        var deeper = [operation]
        for depth in 0..<3 {
            let level = deeper.flatMap { operation in
                [
                    // Once: no transaction writes a key twice.
                    Etcdserverpb_TxnRequest.with {
                        $0.success = depth == 0 ? [put, operation] : [operation]
                    },
                    Etcdserverpb_TxnRequest.with { $0.failure = [operation] },
                ]
            }
            all += level
            deeper = level.map { transaction in .with { $0.requestTxn = transaction } }
        }
        return all
    }

    @Test func comparisonsAreReads() async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [.both("mine"), .write("seen")])
            for (key, end) in [("other", ""), ("seen", ""), ("mine", "n"), ("mine", "\0")] {
                let comparing = Etcdserverpb_TxnRequest.with {
                    $0.compare = [
                        .with {
                            $0.key = Data(key.utf8)
                            $0.rangeEnd = Data(end.utf8)
                            $0.target = .version
                            $0.version = 0
                        }
                    ]
                }
                let nested = Etcdserverpb_TxnRequest.with {
                    $0.success = [.with { $0.requestTxn = comparing }]
                }
                for transaction in [comparing, nested] {
                    #expect(
                        try await alice.refusal(Methods.KV.txn, transaction) == Self.denied,
                        "\(key) to \(end)")
                }
            }
        }
    }

    @Test func whatWasThereBeforeIsForReaders() async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [.write("a")])
            var put = Requests.put("a", "v")
            #expect(try await alice.refusal(Methods.KV.put, put) == nil)
            put.prevKv = true
            #expect(try await alice.refusal(Methods.KV.put, put) == Self.denied)
            var delete = Requests.delete("a")
            delete.prevKv = true
            #expect(try await alice.refusal(Methods.KV.deleteRange, delete) == Self.denied)
        }
    }

    // MARK: - The past

    @Test func thePastOfAKeyIsAsSecretAsTheKey() async throws {
        try await TestServer.withLogins { (server) async throws in
            let put = try await server.put("a", "v")
            let alice = try await server.somebody("alice", [.write("a"), .both("b")])
            let history = Vault_V1_HistoryRequest.with { $0.key = Data("a".utf8) }
            #expect(try await alice.refusal(Methods.Vault.history, history) == Self.denied)
            let version = Vault_V1_VersionRequest.with {
                $0.key = Data("a".utf8)
                $0.revision = put.header.revision
            }
            #expect(try await alice.refusal(Methods.Vault.version, version) == Self.denied)
            var old = Requests.range("a")
            old.revision = put.header.revision
            #expect(try await alice.refusal(Methods.KV.range, old) == Self.denied)
        }
    }

    // MARK: - Tokens

    @Test func theTokenOfADeletedUserIsNoToken() async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [.both("a")])
            #expect(try await alice.refusal(Methods.KV.range, Requests.range("a")) == nil)
            try await server.deleteUser("alice")
            let invalid = Status(.unauthenticated, "etcdserver: invalid auth token")
            #expect(try await alice.refusal(Methods.KV.range, Requests.range("a")) == invalid)
            // Nor is it for another who is called so.
            let other = try await server.logInAgain("alice")
            #expect(try await alice.refusal(Methods.KV.range, Requests.range("a")) == invalid)
            #expect(try await other.refusal(Methods.KV.range, Requests.range("a")) == Self.denied)
        }
    }

    /// Whoever is root on the machine and calls with a token has the token's rights.
    @Test func aTokenGivesNoMoreThanItsUserHas() async throws {
        try await TestServer.withLogins { (server) async throws in
            let nobody = try await server.somebody("nobody")
            #expect(
                try await nobody.refusal(Methods.KV.range, Requests.range("a")) == Self.denied)
            #expect(
                try await nobody.refusal(
                    Methods.Auth.userList, Etcdserverpb_AuthUserListRequest()) == Self.denied)
        }
    }

    @Test func nobodyLooksOthersUp() async throws {
        try await TestServer.withLogins { (server) async throws in
            let alice = try await server.somebody("alice", [.both("a")])
            _ = try await server.somebody("bob", [.both("b")])
            let user = Etcdserverpb_AuthUserGetRequest.with { $0.name = "bob" }
            #expect(try await alice.refusal(Methods.Auth.userGet, user) == Self.denied)
            let role = Etcdserverpb_AuthRoleGetRequest.with { $0.role = "bob" }
            #expect(try await alice.refusal(Methods.Auth.roleGet, role) == Self.denied)
            let explain = Vault_V1_ExplainRequest.with {
                $0.principals = ["bob"]
                $0.key = Data("b".utf8)
            }
            #expect(try await alice.refusal(Methods.Access.explain, explain) == Self.denied)
            // Who does not exist looks the same.
            let missing = Etcdserverpb_AuthUserGetRequest.with { $0.name = "nobody" }
            #expect(try await alice.refusal(Methods.Auth.userGet, missing) == Self.denied)
        }
    }
}
