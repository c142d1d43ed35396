import FoundationEssentials
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests.Linearizability {
    /// etcd #17529: a client does not read, and what it needs next is compacted meanwhile. It is
    /// told a gapless beginning, and then that it was cancelled and where it may start again.
    @Test func aStarvedWatcherIsCancelledAndNeverSkips() async throws {
        let vault = try InitialisedVault()
        let server = try vault.start()
        let connection = try await KVConnection(server.socketPath)
        let watch = try await WatchConnection(server.socketPath)
        try await watch.send(
            .createRequest(
                .with {
                    $0.key = Data("k".utf8)
                    $0.prevKv = true
                }))
        #expect(try await watch.next().created)
        // Several times what the client's window and the server's buffer take.
        let value = String(repeating: "v", count: 100_000)
        var last: Int64 = 0
        for number in 0..<300 { last = try await connection.put("k", "\(number) " + value) }
        try await connection.compact(last)
        var told: [Int64] = []
        var end: Etcdserverpb_WatchResponse?
        while end == nil {
            let response = try await watch.next()
            if response.canceled { end = response }
            told += response.events.map(\.kv.modRevision)
        }
        #expect(told == Array(2..<(Int64(told.count) + 2)))
        #expect(told.count > 1 && Int64(told.count) + 2 < last, "the watcher was not starved")
        #expect(end?.compactRevision == last && end?.events.isEmpty == true)
        try await watch.send(
            .createRequest(
                .with {
                    $0.key = Data("k".utf8)
                    $0.startRevision = last
                }))
        #expect(try await watch.next().created)
        #expect(try await watch.next().events.map(\.kv.modRevision) == [last])
        await watch.close()
        await connection.close()
        try server.stop()
    }
}
