import FoundationEssentials
import Glibc
import Logging
import NIOCore
import NIOPosix
import RPC
import SwiftProtobuf
import VaultAPI

@testable import VaultServer

/// A daemon in this process on a socket of its own, and one client.
final class TestServer: Sendable {
    let directory: TestDirectory
    let daemon: Daemon
    let client: Client

    var dataDirectory: String { directory.path + "/data" }

    /// A vault that has not been initialised, or that of a directory used before.
    init(
        directory: TestDirectory = TestDirectory(),
        change: (inout ServerConfiguration) -> Void = { _ in }
    ) async throws {
        self.directory = directory
        var configuration = ServerConfiguration()
        configuration.dataDirectory = directory.path + "/data"
        configuration.socket = directory.path + "/s"
        configuration.passphraseMemoryMebibytes = 8
        configuration.passphrasePasses = 1
        configuration.drainSeconds = 5
        change(&configuration)
        daemon = try await Daemon.start(configuration, logger: Self.logger)
        client = try await Client.connect(
            socketPath: configuration.socket, group: MultiThreadedEventLoopGroup.singleton)
    }

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs `body` with a vault that is initialised with a passphrase, and unsealed.
    static func withUnsealed(_ body: (TestServer) async throws -> Void) async throws {
        try await with { (server) async throws in
            _ = try await server.initialize()
            try await body(server)
        }
    }

    static func with(
        directory: TestDirectory = TestDirectory(),
        change: (inout ServerConfiguration) -> Void = { _ in },
        _ body: (TestServer) async throws -> Void
    ) async throws {
        let server = try await TestServer(directory: directory, change: change)
        do {
            try await body(server)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    func stop() async {
        await client.close()
        await daemon.stop()
    }

    /// One request, one answer; throws the call's `Status`.
    func call<Request: SwiftProtobuf.Message, Response: SwiftProtobuf.Message>(
        _ method: VaultAPI.Method, _ request: Request, as type: Response.Type = Response.self
    ) async throws -> Response {
        let bytes: [UInt8] = try request.serializedBytes()
        let answer = try await client.unary(method.path, ByteBuffer(bytes: bytes))
        return try Response(serializedBytes: [UInt8](answer.readableBytesView))
    }

    /// The status of a call that must fail; nil when it did not.
    func refusal(
        _ method: VaultAPI.Method, _ request: some SwiftProtobuf.Message
    ) async throws -> Status? {
        let bytes: [UInt8] = try request.serializedBytes()
        do {
            _ = try await client.unary(method.path, ByteBuffer(bytes: bytes))
            return nil
        } catch let status as Status {
            return status
        }
    }

    @discardableResult
    func initialize(passphrase: String = "open sesame") async throws -> Vault_V1_InitResponse {
        var slot = Vault_V1_NewSlot()
        slot.passphrase = Data(passphrase.utf8)
        var request = Vault_V1_InitRequest()
        request.slots = [slot]
        return try await call(Methods.Vault.initialize, request)
    }

    /// All messages of an unseal, the last one finished.
    @discardableResult
    func unseal(passphrase: String = "open sesame") async throws -> [Vault_V1_UnsealProgress] {
        var request = Vault_V1_UnsealRequest()
        request.passphrase = Data(passphrase.utf8)
        return try await unseal(request)
    }

    func unseal(_ request: Vault_V1_UnsealRequest) async throws -> [Vault_V1_UnsealProgress] {
        let stream = try await client.stream(Methods.Vault.unseal.path)
        let bytes: [UInt8] = try request.serializedBytes()
        try await stream.send(ByteBuffer(bytes: bytes))
        stream.finishSending()
        var messages: [Vault_V1_UnsealProgress] = []
        for try await message in stream.messages {
            messages.append(
                try Vault_V1_UnsealProgress(serializedBytes: [UInt8](message.readableBytesView)))
        }
        return messages
    }

    func seal() async throws {
        let _: Vault_V1_SealResponse = try await call(
            Methods.Vault.seal, Vault_V1_SealRequest())
    }

    func status() async throws -> Vault_V1_StatusResponse {
        try await call(Methods.Vault.status, Vault_V1_StatusRequest())
    }

    @discardableResult
    func put(_ key: String, _ value: String) async throws -> Etcdserverpb_PutResponse {
        try await call(Methods.KV.put, Requests.put(key, value))
    }

    func get(_ key: String) async throws -> Etcdserverpb_RangeResponse {
        try await call(Methods.KV.range, Requests.range(key))
    }
}
