import Testing
import VaultAPI
import VaultSeal

@testable import VaultServer

/// What the daemon finds of its keys.
@Suite struct CheckTests {
    private func findings(_ server: TestServer) async throws -> [String: String] {
        let answer: Vault_V1_CheckResponse = try await server.call(
            Methods.Integrity.check, Vault_V1_CheckRequest())
        return Dictionary(
            answer.findings.map { ($0.id, $0.what) }, uniquingKeysWith: { first, _ in first })
    }

    @Test func recordsUnderAnOlderKeyAreCounted() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            for key in ["a", "b", "c", "d", "e"] { try await server.put(key, "1") }
            let before = try await findings(server)
            #expect(before["data-key-age"] == "the data key is 0 days old")
            #expect(before["rewrap"] == "all records are sealed under the newest key")
            let _: Vault_V1_RotateResponse = try await server.call(
                Methods.KeyRotation.rotate, Vault_V1_RotateRequest())
            let after = try await findings(server)
            // Those, and the records of leases and rules beside them.
            let what = try #require(after["rewrap"])
            #expect(what.hasSuffix(" records are sealed under older keys"))
            let count = try #require(Int(what.prefix { $0.isNumber }))
            #expect(count >= 5)
        }
    }

    @Test func ofASealedVaultsKeysNothingIsKnown() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            try await server.seal()
            let found = try await findings(server)
            #expect(found["data-key-age"] == nil && found["rewrap"] == nil)
            #expect(found["slots"] != nil)
        }
    }
}
