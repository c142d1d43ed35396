import Testing
import VaultAPI
import VaultSeal
import VaultStore
import VaultTestSupport

@testable import VaultServer

/// Data keys that are replaced without being asked.
@Suite struct AutomaticRotationTests {
    private func rotate(
        _ server: TestServer, _ policy: RotationPolicy, now: Int64
    ) async -> RotationPolicy.Reason? {
        await withCheckedContinuation { continuation in
            server.daemon.vault.rotateIfDue(policy, now: now) {
                continuation.resume(returning: $0)
            }
        }
    }

    private func keys(_ server: TestServer) throws -> [DataKeyDescription] {
        try server.daemon.vault.open().keyring.dataKeys()
    }

    /// Until the rewrap has left the newest key alone.
    private func waitForRewrap(_ server: TestServer, _ number: UInt32) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while try keys(server).map(\.number) != [number], ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(try keys(server).map(\.number) == [number])
    }

    private func policy(records: UInt64) -> RotationPolicy {
        var policy = RotationPolicy()
        (policy.age, policy.records, policy.bytes) = (0, records, 0)
        return policy
    }

    @Test func aKeyThatIsTooOldIsReplacedAndTheOldOneRetired() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            try await server.put("a", "1")
            let created = try Int64(#require(try keys(server).last).created) * 1_000
            var policy = policy(records: 0)
            policy.age = 3_600_000
            #expect(await rotate(server, policy, now: created + policy.age) == nil)
            #expect(try keys(server).map(\.number) == [1])
            #expect(await rotate(server, policy, now: created + policy.age + 1_000) == .age)
            try await waitForRewrap(server, 2)
            #expect(try await server.get("a").kvs.count == 1)
        }
    }

    @Test func aSealedVaultReplacesNothing() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            try await server.seal()
            #expect(await rotate(server, RotationPolicy(), now: .max) == nil)
            try await server.unseal()
            #expect(try keys(server).map(\.number) == [1])
        }
    }

    @Test func aKeyThatSealedEnoughIsReplacedAlsoWhenARestartLiesBetween() async throws {
        let directory = TestDirectory()
        try await TestServer.with(directory: directory) { (server) async throws in
            _ = try await server.initialize()
            for _ in 0..<30 { _ = try await server.put("k", "v") }
            #expect(await rotate(server, policy(records: 100), now: 0) == nil)
        }
        try await TestServer.with(directory: directory) { (server) async throws in
            try await server.unseal()
            #expect(await rotate(server, policy(records: 100), now: 0) == nil)
            // 55 records and as many heads; 55 are kept, which counts twice.
            for _ in 0..<25 { _ = try await server.put("k", "v") }
            #expect(await rotate(server, policy(records: 100), now: 0) == .records)
            try await waitForRewrap(server, 2)
            // What the rewrap sealed makes nothing due.
            #expect(await rotate(server, policy(records: 10), now: 0) == nil)
        }
    }
}
