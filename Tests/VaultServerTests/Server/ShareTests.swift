import FoundationEssentials
import RPC
import Testing
import VaultAPI

@testable import VaultServer

/// Shares that come over several calls.
@Suite struct ShareTests {
    @Test func aVaultOfSharesAloneIsSealedAfterInit() async throws {
        try await TestServer.with { (server) async throws in
            let answer = try await server.initialize(TestServer.shares(3, threshold: 2))
            #expect(answer.sealed && answer.shares.count == 3)
            #expect(answer.slots.map(\.survivesMachine) == [true])
            let status = try await server.status()
            #expect(status.initialized && status.sealed && !status.hasShares)
        }
    }

    @Test func aKeyFileBesideSharesLeavesTheVaultUnsealed() async throws {
        try await TestServer.with { (server) async throws in
            let answer = try await server.initialize(
                TestServer.shares(2, threshold: 2), TestServer.keyfile(7))
            #expect(!answer.sealed && answer.shares.count == 2)
            #expect(answer.slots.map(\.survivesMachine) == [true, false])
            try await server.put("a", "1")
        }
    }

    @Test func theLastShareOpensAndTheStatusCountsUntilThen() async throws {
        try await TestServer.with { (server) async throws in
            let shares = try await server.initialize(TestServer.shares(5, threshold: 3)).shares
            for (given, index) in [4, 0].enumerated() {
                let status = try await server.unseal(share: shares[index])
                #expect(status.sealed && status.shares.given == UInt32(given + 1))
                #expect(status.shares.threshold == 3 && status.shares.setID.count == 8)
            }
            #expect(try await server.status().shares.given == 2)
            let opened = try await server.unseal(share: shares[2])
            #expect(!opened.sealed && !opened.hasShares)
        }
    }

    @Test func aRefusedShareLeavesTheOthersAsTheyAre() async throws {
        try await TestServer.with { (server) async throws in
            let first = try await server.initialize(TestServer.shares(3, threshold: 2))
            let other = try await foreignShare()
            // Given first, a foreign share would set what the others must belong to.
            let foreign = try await server.refusal { $0.share = Data(other.utf8) }
            #expect(foreign?.code == .unauthenticated)
            #expect(foreign?.message.contains("opens no slot of this vault") == true)
            _ = try await server.unseal(share: first.shares[0])
            for wrong in [other, "nonsense", String(first.shares[1].dropLast()) + "?", ""] {
                let status = try await server.refusal { $0.share = Data(wrong.utf8) }
                #expect(status?.code == .unauthenticated, "\(wrong.count) characters")
                #expect(status?.message.hasPrefix("vaultd: wrong key: ") == true)
            }
            let again = try await server.refusal { $0.share = Data(first.shares[0].utf8) }
            #expect(
                again == Status(.failedPrecondition, "vaultd: already given: share 1 of this set"))
            #expect(try await server.status().shares.given == 1)
            #expect(try await !server.unseal(share: first.shares[2]).sealed)
        }
    }

    @Test func aShareOfAnotherSlotOfTheVaultIsRefusedUntilTheFirstAreForgotten() async throws {
        try await TestServer.with { (server) async throws in
            let answer = try await server.initialize(
                TestServer.shares(2, threshold: 2), TestServer.shares(3, threshold: 2))
            _ = try await server.unseal(share: answer.shares[0])
            let refused = try await server.refusal { $0.share = Data(answer.shares[2].utf8) }
            #expect(refused?.message.contains("those given so far are of set") == true)
            var forget = Vault_V1_UnsealRequest()
            forget.forgetShares = true
            let status = try await server.unseal(forget).last?.status
            #expect(status?.sealed == true && status?.hasShares == false)
            _ = try await server.unseal(share: answer.shares[2])
            #expect(try await !server.unseal(share: answer.shares[4]).sealed)
        }
    }

    @Test func sharesAreForgottenWhenAnotherKeyOpensTheVault() async throws {
        try await TestServer.with { (server) async throws in
            let answer = try await server.initialize(
                TestServer.shares(2, threshold: 2), TestServer.keyfile(7))
            try await server.seal()
            _ = try await server.unseal(share: answer.shares[0])
            var request = Vault_V1_UnsealRequest()
            request.keyfile = Data(repeating: 7, count: 32)
            _ = try await server.unseal(request)
            try await server.seal()
            #expect(try await !server.status().hasShares)
        }
    }

    @Test func anUnsealedVaultTakesNoShares() async throws {
        try await TestServer.with { (server) async throws in
            let answer = try await server.initialize(
                TestServer.shares(2, threshold: 2), TestServer.keyfile(7))
            let refused = try await server.refusal { $0.share = Data(answer.shares[0].utf8) }
            #expect(refused == Status(.failedPrecondition, "vaultd: already unsealed"))
            let forgetting = try await server.refusal { $0.forgetShares = true }
            #expect(forgetting == Status(.failedPrecondition, "vaultd: already unsealed"))
        }
    }

    private func foreignShare() async throws -> String {
        var share = ""
        try await TestServer.with { (server) async throws in
            share = try await server.initialize(TestServer.shares(2, threshold: 2)).shares[0]
        }
        return share
    }
}
