import NIOCore
import RPC
import SwiftProtobuf
import Testing
import VaultAPI

@testable import VaultServer
@testable import VaultStore

@Suite struct HealthTests {
    private typealias ServingStatus = Grpc_Health_V1_HealthCheckResponse.ServingStatus

    private func check(_ server: TestServer, _ service: String) async throws -> ServingStatus {
        var request = Grpc_Health_V1_HealthCheckRequest()
        request.service = service
        let response: Grpc_Health_V1_HealthCheckResponse = try await server.call(
            Methods.Health.check, request)
        return response.status
    }

    @Test func servicesServeWhileTheVaultIsUnsealed() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            for service in ["", "etcdserverpb.KV", "vault.v1.Vault"] {
                #expect(try await check(server, service) == .serving)
            }
            try await server.seal()
            #expect(try await check(server, "") == .notServing)
            #expect(try await check(server, "etcdserverpb.KV") == .notServing)
            #expect(try await check(server, "vault.v1.Vault") == .serving)
        }
    }

    @Test func anUnknownServiceIsNotFound() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            var request = Grpc_Health_V1_HealthCheckRequest()
            request.service = "no.such"
            #expect(
                try await server.refusal(Methods.Health.check, request)
                    == Status(.notFound, "unknown service"))
        }
    }

    @Test func watchersHearOfEveryChange() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let stream = try await server.client.stream(Methods.Health.watch.path)
            let bytes: [UInt8] = try Grpc_Health_V1_HealthCheckRequest().serializedBytes()
            try await stream.send(ByteBuffer(bytes: bytes))
            stream.finishSending()
            var messages = stream.messages.makeAsyncIterator()
            func next() async throws -> ServingStatus? {
                guard let message = try await messages.next() else { return nil }
                return try Grpc_Health_V1_HealthCheckResponse(
                    serializedBytes: [UInt8](message.readableBytesView)
                ).status
            }
            #expect(try await next() == .serving)
            // As after a sync that failed: reads go on, and it is not well.
            try server.daemon.vault.open().store.visit { $0.failure = .storage("bad disk") }
            #expect(try await next() == .notServing)
            #expect(try await check(server, "etcdserverpb.KV") == .notServing)
            #expect(try await check(server, "vault.v1.Vault") == .serving)
            try await server.seal()
            try await server.unseal()
            #expect(try await next() == .serving)
            try await server.seal()
            #expect(try await next() == .notServing)
            try await server.unseal()
            #expect(try await next() == .serving)
            stream.cancel()
        }
    }

    @Test func oneUserDoesNotTakeThePlacesOfAllWatchers() async throws {
        try await TestServer.withUnsealed { (server) async throws in
            let bytes: [UInt8] = try Grpc_Health_V1_HealthCheckRequest().serializedBytes()
            func watch() async throws -> ClientStream {
                let stream = try await server.client.stream(Methods.Health.watch.path)
                try await stream.send(ByteBuffer(bytes: bytes))
                stream.finishSending()
                return stream
            }
            var streams: [ClientStream] = []
            for _ in 0..<Limits.healthWatchersMax / 2 {
                let stream = try await watch()
                var messages = stream.messages.makeAsyncIterator()
                #expect(try await messages.next() != nil)
                streams.append(stream)
            }
            var refused = try await watch().messages.makeAsyncIterator()
            await #expect(throws: StatusTable.tooManyRequests) { try await refused.next() }
            for stream in streams { stream.cancel() }
        }
    }
}
