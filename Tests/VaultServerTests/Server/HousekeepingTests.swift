import NIOCore
import NIOPosix
import Testing
import VaultAPI
import VaultStore
import VaultTestSupport

@testable import VaultServer

@Suite struct HousekeepingTests {
    @Test func theDaemonCompactsByItself() async throws {
        try await TestServer.with(change: { $0.autoCompaction = .periodic(100) }) {
            (server) async throws in
            _ = try await server.initialize()
            for _ in 0..<5 { _ = try await server.put("k", "v") }
            var compacted: Int64 = 0
            let end = ContinuousClock.now + .seconds(30)
            while compacted < 6, ContinuousClock.now < end {
                compacted = try await server.status().compactRevision
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(compacted == 6)
        }
    }

    @Test func intervalsFollowThePeriod() {
        #expect(AutoCompaction.off.interval == nil)
        #expect(AutoCompaction.periodic(1_000).interval == 100)
        #expect(AutoCompaction.periodic(600_000).interval == 60_000)
        #expect(AutoCompaction.periodic(86_400_000).interval == 300_000)
        #expect(AutoCompaction.revisions(10).interval == 300_000)
    }
}
