import FoundationEssentials
import Glibc
import RPC
import Testing
import VaultAPI

@testable import VaultServer

@Suite struct VaultServiceTests {
    private let sealed = Status(.unavailable, "vaultd: sealed")

    @Test func aNewVaultSaysThatItIsNotInitialised() async throws {
        try await TestServer.with { (server) async throws in
            let status = try await server.status()
            #expect(!status.initialized && status.sealed && status.storeID.isEmpty)
            #expect(status.pid == getpid())
            let refusal = Status(.failedPrecondition, "vaultd: not initialised")
            #expect(try await server.refusal(Methods.KV.range, Requests.range("a")) == refusal)
            #expect(
                try await server.refusal(Methods.Vault.seal, Vault_V1_SealRequest()) == refusal)
        }
    }

    @Test func initLeavesTheVaultUnsealed() async throws {
        try await TestServer.with { (server) async throws in
            let answer = try await server.initialize()
            #expect(answer.storeID.count == 32 && !answer.sealed)
            #expect(answer.slots.map(\.kind) == ["passphrase"])
            try await server.put("a", "1")
            let status = try await server.status()
            #expect(status.initialized && !status.sealed && status.storeID == answer.storeID)
            #expect(status.timeline == 1 && status.revision == 2 && status.keys == 1)
            #expect(status.compactRevision == -1)
            let again = try await server.refusal(
                Methods.Vault.initialize, Vault_V1_InitRequest())
            #expect(again?.code == .invalidArgument, "no slots")
            do {
                try await server.initialize()
                Issue.record("initialised twice")
            } catch let status as Status {
                #expect(
                    status
                        == Status(.failedPrecondition, "vaultd: already initialised"))
            }
        }
    }

    @Test func aSealedVaultRefusesEverythingButItsOwnService() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            try await server.put("a", "1")
            try await server.seal()
            #expect(try await server.refusal(Methods.KV.range, Requests.range("a")) == sealed)
            #expect(try await server.refusal(Methods.KV.put, Requests.put("a", "2")) == sealed)
            #expect(
                try await server.refusal(Methods.KV.deleteRange, Requests.delete("a")) == sealed)
            #expect(
                try await server.refusal(Methods.KV.txn, Requests.puts(["a"], value: "2"))
                    == sealed)
            #expect(
                try await server.refusal(Methods.KV.compact, Etcdserverpb_CompactionRequest())
                    == sealed)
            #expect(
                try await server.refusal(
                    Methods.Maintenance.status, Etcdserverpb_StatusRequest()) == sealed)
            #expect(
                try await server.refusal(
                    Methods.Cluster.memberList, Etcdserverpb_MemberListRequest()) == sealed)
            var history = Vault_V1_HistoryRequest()
            history.key = Data("a".utf8)
            #expect(try await server.refusal(Methods.Vault.history, history) == sealed)
            let status = try await server.status()
            #expect(status.initialized && status.sealed && status.revision == 0)
            #expect(status.slots.count == 1)
            try await server.seal()
        }
    }

    @Test func unsealBringsEverythingBack() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let before = try await server.put("a", "1")
            try await server.seal()
            let progress = try await server.unseal()
            let last = try #require(progress.last)
            #expect(last.finished && !last.status.sealed && last.status.revision == 2)
            #expect(progress.dropLast().allSatisfy { !$0.finished })
            let found = try await server.get("a")
            #expect(found.kvs.first?.value == Data("1".utf8))
            #expect(found.header.memberID == before.header.memberID)
            do {
                try await server.unseal()
                Issue.record("unsealed twice")
            } catch let status as Status {
                #expect(status.code == .failedPrecondition)
            }
        }
    }

    @Test func aWrongPassphraseIsUnauthenticatedAndChangesNothing() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            try await server.seal()
            for _ in 0..<2 {
                do {
                    try await server.unseal(passphrase: "open barley")
                    Issue.record("opened with a wrong passphrase")
                } catch let status as Status {
                    #expect(status.code == .unauthenticated)
                    #expect(status.message.hasPrefix("vaultd: wrong key: "))
                }
            }
            try await server.unseal()
        }
    }

    @Test func guessingIsSlowedDown() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            try await server.seal()
            // On a slow machine the first delays are over before the next guess: each is twice as
            // long as the one before, so that one of them is met.
            var codes: [StatusCode] = []
            while codes.last != .resourceExhausted, codes.count < 12 {
                do {
                    try await server.unseal(passphrase: "x")
                } catch let status as Status {
                    codes.append(status.code)
                }
            }
            #expect(codes.last == .resourceExhausted)
            #expect(codes.count > Limits.freeWrongPassphrases)
            #expect(codes.dropLast().allSatisfy { $0 == .unauthenticated })
        }
    }

    @Test(arguments: [0, 31, 33])
    func keyFilesOfAnotherSizeAreRefused(_ count: Int) async throws {
        try await TestServer.with { (server) async throws in
            var slot = Vault_V1_NewSlot()
            slot.keyfile = Data(repeating: 7, count: count)
            var request = Vault_V1_InitRequest()
            request.slots = [slot]
            let status = try await server.refusal(Methods.Vault.initialize, request)
            #expect(status?.code == .invalidArgument)
            #expect(try await server.status().initialized == false)
        }
    }

    @Test func anyOfTheSlotsOpensTheVault() async throws {
        try await TestServer.with { (server) async throws in
            var passphrase = Vault_V1_NewSlot()
            passphrase.passphrase = Data("one".utf8)
            var keyfile = Vault_V1_NewSlot()
            keyfile.keyfile = Data(0..<32)
            var request = Vault_V1_InitRequest()
            request.slots = [passphrase, keyfile]
            let _: Vault_V1_InitResponse = try await server.call(
                Methods.Vault.initialize, request)
            try await server.put("a", "1")
            try await server.seal()
            var unseal = Vault_V1_UnsealRequest()
            unseal.keyfile = Data(0..<32)
            _ = try await server.unseal(unseal)
            #expect(try await server.get("a").count == 1)
            try await server.seal()
            try await server.unseal(passphrase: "one")
            #expect(try await server.get("a").count == 1)
        }
    }

    @Test func historyIsNewestFirst() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            try await server.put("a", "1")
            try await server.put("a", "22")
            let _: Etcdserverpb_DeleteRangeResponse = try await server.call(
                Methods.KV.deleteRange, Requests.delete("a"))
            var request = Vault_V1_HistoryRequest()
            request.key = Data("a".utf8)
            let history: Vault_V1_HistoryResponse = try await server.call(
                Methods.Vault.history, request)
            #expect(history.compactRevision == -1)
            #expect(history.entries.map(\.revision) == [4, 3, 2])
            #expect(history.entries.map(\.deleted) == [true, false, false])
            #expect(history.entries.map(\.valueBytes) == [0, 2, 1])
        }
    }

    @Test func aVaultIsThereAgainAfterARestart() async throws {
        let directory = TestDirectory()
        try await TestServer.with(directory: directory) { (server) async throws in
            try await server.initialize()
            try await server.put("a", "1")
        }
        try await TestServer.with(directory: directory) { (server) async throws in
            #expect(try await server.status().sealed)
            try await server.unseal()
            #expect(try await server.get("a").kvs.first?.value == Data("1".utf8))
        }
    }

    @Test func etcdsStatusAndMemberListNameOneMember() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let put = try await server.put("a", "1")
            let status: Etcdserverpb_StatusResponse = try await server.call(
                Methods.Maintenance.status, Etcdserverpb_StatusRequest())
            #expect(status.leader == put.header.memberID && status.header.revision == 2)
            #expect(status.version.hasPrefix("3.6.") && status.dbSize > 0)
            #expect(status.raftIndex >= 2 && status.raftTerm == 2 && status.errors.isEmpty)
            let list: Etcdserverpb_MemberListResponse = try await server.call(
                Methods.Cluster.memberList, Etcdserverpb_MemberListRequest())
            #expect(list.header.revision == 0 && list.header.clusterID == put.header.clusterID)
            #expect(list.members.map(\.id) == [put.header.memberID])
            #expect(list.members.map(\.name) == ["vaultd"])
            #expect(list.members.first?.clientUrls == ["unix://" + server.directory.path + "/s"])
        }
    }
}
