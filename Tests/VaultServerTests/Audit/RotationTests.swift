import RPC
import Testing
import VaultAPI
import VaultAccess
import VaultTestSupport

@testable import VaultServer

@Suite(.serialized) struct RotationTests {
    @Test func aLogThatIsRotatedUnderLoadLosesNothing() async throws {
        let (clients, requests) = (4, 2_200)
        try await TestServer.with(change: { $0.audit.fileBytesMax = 1 << 20 }) {
            (server) async throws in
            try await server.initialize()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<clients {
                    group.addTask {
                        for number in 0..<requests {
                            _ = try await server.get("client/\(client)/\(number)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let paths = try LoggedFiles.paths(below: server.dataDirectory)
            #expect(paths.count >= 3, "\(paths)")
            let report = try AuditVerifier().verify(paths)
            #expect(report.isIntact && report.isEndChecked, "\(report.problems)")
            let lines = try LoggedFiles.lines(below: server.dataDirectory)
            let reads = lines.filter { $0.method == "etcdserverpb.KV/Range" }
            #expect(reads.count == clients * requests)
            #expect(Set(reads.map(\.key)).count == clients * requests)
            #expect(lines.map(\.seq) == Array(1...UInt64(lines.count)))
        }
    }
}
