import FoundationEssentials
import RPC
import Sodium
import Testing
import VaultAPI
import VaultTestSupport

@testable import VaultSeal
@testable import VaultServer

/// Shares that are complete, and of another secret.
@Suite struct WrongSharesTests {
    /// A share that says it is of the same set as `text`, with a random value.
    private func forged(_ text: String, index: UInt8) throws -> String {
        var bytes = Array(text.utf8)
        let set = try ShareBox(text: &bytes).set
        let value = (0..<32).map { _ in UInt8.random(in: 0...255) }
        let share = try value.withUnsafeBytes { value in
            try Share(set: set, index: index, value: value).text()
        }
        return share.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test func aCompleteWrongSetIsRefusedAndTheAttemptStartsAfresh() async throws {
        try await TestServer.with { (server) async throws in
            let shares = try await server.initialize(TestServer.shares(3, threshold: 2)).shares
            for round in 0..<2 {
                // One of them is right the second time: it does not tell, and is not kept.
                let first = round == 0 ? try forged(shares[0], index: 1) : shares[0]
                #expect(try await server.unseal(share: first).shares.given == 1)
                let second = try forged(shares[0], index: 2)
                let refused = try await server.refusal { $0.share = Data(second.utf8) }
                #expect(
                    refused
                        == Status(
                            .unauthenticated,
                            "vaultd: wrong key: it opens no slot of this vault"))
                let status = try await server.status()
                #expect(status.sealed && !status.hasShares)
            }
            #expect(try await server.unseal(share: shares[2]).shares.given == 1)
            #expect(try await !server.unseal(share: shares[0]).sealed)
        }
    }
}
