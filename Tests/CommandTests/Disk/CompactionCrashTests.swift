import FoundationEssentials
import Glibc
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests.Crash {
    /// etcd #17780: everything is deleted, the store is compacted at its head, and the process is
    /// killed before or while the sweep runs: the revision does not go down, and a watcher from the
    /// head is told the deletions.
    @Test func theRevisionStaysAfterACompactionAtTheHead() async throws {
        let vault = try InitialisedVault()
        var server = try vault.start()
        var revision: Int64 = 1
        for round in 0..<(4 + 40 * TestSeed.soakRounds) {
            var connection = try await KVConnection(server.socketPath)
            let keys = (0..<60).map { "k/\($0)" }
            for _ in 0..<3 { try await connection.putTogether(keys.map { ($0, "value") }) }
            let deleted: Etcdserverpb_DeleteRangeResponse = try await connection.call(
                Methods.KV.deleteRange,
                Etcdserverpb_DeleteRangeRequest.with {
                    $0.key = Data("k/".utf8)
                    $0.rangeEnd = Data("k0".utf8)
                })
            #expect(deleted.header.revision == revision + 4, "round \(round)")
            revision = deleted.header.revision
            let head = revision
            let _: Etcdserverpb_CompactionResponse = try await connection.call(
                Methods.KV.compact,
                Etcdserverpb_CompactionRequest.with {
                    $0.revision = head
                    $0.physical = round.isMultiple(of: 2)
                })
            await connection.close()
            try server.kill()
            server = try vault.start()

            connection = try await KVConnection(server.socketPath)
            let store = try await connection.everything()
            #expect(store.header.revision == revision, "round \(round)")
            #expect(store.kvs.isEmpty, "round \(round)")
            let watch = try await WatchConnection(server.socketPath)
            try await watch.send(
                .createRequest(
                    .with {
                        $0.key = Data([0])
                        $0.rangeEnd = Data([0])
                        $0.startRevision = head
                    }))
            #expect(try await watch.next().created)
            let events = try await watch.next().events
            #expect(events.count == keys.count, "round \(round)")
            #expect(events.allSatisfy { $0.type == .delete && $0.kv.modRevision == head })
            await watch.close()
            await connection.close()
        }
        try server.stop()
    }
}
