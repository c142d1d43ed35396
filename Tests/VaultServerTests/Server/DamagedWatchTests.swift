import FoundationEssentials
import NIOCore
import RPC
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

@testable import VaultServer

@Suite struct DamagedWatchTests {
    /// A watcher that meets a damaged record does to the vault what a read does.
    @Test func theVaultSealsItself() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            try await put("small", [1], to: server)
            let pages = try ChangedPages(of: server.dataDirectory + "/data.mdb")
            try await put("victim", [UInt8](repeating: 7, count: 120_000), to: server)
            try pages.damage()
            let stream = try await server.client.stream(Methods.Watch.watch.path)
            var request = Etcdserverpb_WatchRequest()
            request.createRequest.key = Data("victim".utf8)
            request.createRequest.startRevision = 1
            try await stream.send(ByteBuffer(bytes: try request.serializedBytes() as [UInt8]))
            await #expect(throws: StatusTable.sealed) { for try await _ in stream.messages {} }
            #expect(server.daemon.vault.status().damage != nil)
        }
    }

    private func put(_ key: String, _ value: [UInt8], to server: TestServer) async throws {
        var request = Etcdserverpb_PutRequest()
        (request.key, request.value) = (Data(key.utf8), Data(value))
        let _: Etcdserverpb_PutResponse = try await server.call(Methods.KV.put, request)
    }
}
