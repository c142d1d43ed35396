import FoundationEssentials
import RPC
import Testing
import VaultAPI

@testable import VaultServer

/// Slots of a vault that serves.
@Suite struct KeySlotTests {
    private let wrongKey = Status(
        .unauthenticated, "vaultd: wrong key: it opens no slot of this vault")

    @Test func aRecoveryKeyOpensAVaultThatNeverSawIt() async throws {
        try await TestServer.with { (server) async throws in
            let key = try RecoveryKeyPair()
            let answer = try await server.initialize(TestServer.recipient(key))
            #expect(answer.sealed && answer.slots.map(\.kind) == ["recipient"])
            let other = try RecoveryKeyPair().privateHalf
            #expect(try await server.refusal { $0.recoveryKey = other } == wrongKey)
            let right = key.privateHalf
            #expect(try await server.refusal { $0.recoveryKey = right } == nil)
            #expect(try await !server.status().sealed)
        }
    }

    @Test func aMistypedRecipientIsRefusedBeforeAnythingIsWritten() async throws {
        try await TestServer.with { (server) async throws in
            var slot = Vault_V1_NewSlot()
            slot.recipient = String(try RecoveryKeyPair().publicText.dropLast()) + "?"
            var request = Vault_V1_InitRequest()
            request.slots = [slot]
            let refused = try await server.refusal(Methods.Vault.initialize, request)
            #expect(refused?.code == .invalidArgument)
            #expect(try await !server.status().initialized)
        }
    }

    @Test(arguments: [(0, 0), (1, 1), (3, 1), (2, 3), (256, 2), (3, 259)])
    func impossibleCountsOfSharesAreRefused(count: UInt32, threshold: UInt32) async throws {
        try await TestServer.with { (server) async throws in
            var request = Vault_V1_InitRequest()
            request.slots = [TestServer.shares(count, threshold: threshold)]
            let refused = try await server.refusal(Methods.Vault.initialize, request)
            #expect(refused?.code == .invalidArgument)
        }
    }

    @Test func anAddedSlotOpensTheVaultAndIsInItsStatus() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            var slot = TestServer.keyfile(7)
            slot.label = "unattended"
            let added = try await server.addSlot(slot).slot
            #expect(added.id == 2 && added.label == "unattended" && !added.survivesMachine)
            #expect(try await server.status().slots.map(\.label) == ["", "unattended"])
            try await server.seal()
            #expect(
                try await server.refusal { $0.keyfile = Data(repeating: 7, count: 32) } == nil)
        }
    }

    @Test func aReplacedCredentialOpensNothing() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            var request = Vault_V1_ReplaceSlotRequest()
            request.id = 1
            request.slot = TestServer.shares(2, threshold: 2)
            let made: Vault_V1_AddSlotResponse = try await server.call(
                Methods.KeySlots.replace, request)
            #expect(made.slot.id == 2 && made.shares.count == 2)
            #expect(try await server.status().slots.map(\.id) == [2])
            try await server.seal()
            let old = try await server.refusal { $0.passphrase = Data("open sesame".utf8) }
            #expect(old?.code == .unauthenticated)
            _ = try await server.unseal(share: made.shares[0])
            #expect(try await !server.unseal(share: made.shares[1]).sealed)
        }
    }

    @Test func theLastSlotStays() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            var request = Vault_V1_RemoveSlotRequest()
            request.id = 1
            let last = try await server.refusal(Methods.KeySlots.remove, request)
            #expect(last?.code == .failedPrecondition)
            #expect(last?.message.contains("last key slot") == true)
            _ = try await server.addSlot(TestServer.keyfile(7))
            #expect(try await server.refusal(Methods.KeySlots.remove, request) == nil)
            #expect(try await server.status().slots.map(\.id) == [2])
            #expect(
                try await server.refusal(Methods.KeySlots.remove, request)?.code == .notFound)
        }
    }

    @Test func aSealedVaultChangesNoSlot() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            try await server.seal()
            var request = Vault_V1_AddSlotRequest()
            request.slot = TestServer.keyfile(7)
            let refused = try await server.refusal(Methods.KeySlots.add, request)
            #expect(refused == Status(.unavailable, "vaultd: sealed"))
            #expect(try await server.status().slots.count == 1)
        }
    }

    @Test func aTestNamesTheSlotAndOpensNothing() async throws {
        try await TestServer.with { (server) async throws in
            let key = try RecoveryKeyPair()
            let shares = try await server.initialize(
                TestServer.shares(3, threshold: 2), TestServer.recipient(key)
            ).shares
            var request = Vault_V1_TestSlotRequest()
            request.recoveryKey = key.privateHalf
            let recipient = try await server.testSlot(request)
            #expect(recipient.id == 2 && recipient.kind == "recipient")
            request.shares.shares = [Data(shares[1].utf8), Data(shares[2].utf8)]
            let slot = try await server.testSlot(request)
            #expect(slot.id == 1 && slot.kind == "shamir")
            var tooFew = Vault_V1_TestSlotRequest()
            tooFew.shares.shares = [Data(shares[0].utf8)]
            #expect(
                try await server.refusal(Methods.KeySlots.test, tooFew)?.code == .invalidArgument)
            let status = try await server.status()
            #expect(status.sealed && !status.hasShares)
        }
    }

    @Test func guessingThroughTestsIsSlowedDown() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            var request = Vault_V1_TestSlotRequest()
            request.passphrase = Data("open barley".utf8)
            // On a slow machine the first delays are over before the next guess.
            var codes: [StatusCode?] = []
            while codes.last != .resourceExhausted, codes.count < 12 {
                codes.append(try await server.refusal(Methods.KeySlots.test, request)?.code)
            }
            #expect(codes.last == .resourceExhausted)
            #expect(codes.dropLast().allSatisfy { $0 == .unauthenticated })
        }
    }
}
