import NIOCore
import RPC
import SwiftProtobuf
import VaultAPI

@testable import VaultServer

/// A user with a password who has logged in: whoever the process is, these calls have the user's
/// rights and no others.
struct Somebody: Sendable {
    let server: TestServer
    let name: String
    let metadata: Metadata

    func call<Answer: SwiftProtobuf.Message>(
        _ method: VaultAPI.Method, _ request: some SwiftProtobuf.Message,
        as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        let bytes: [UInt8] = try request.serializedBytes()
        let answer = try await server.client.unary(
            method.path, ByteBuffer(bytes: bytes), metadata: metadata)
        return try Answer(serializedBytes: [UInt8](answer.readableBytesView))
    }

    /// The status of a call that was not answered with a message.
    func refusal(
        _ method: VaultAPI.Method, _ request: some SwiftProtobuf.Message
    ) async throws -> Status? {
        let bytes: [UInt8] = try request.serializedBytes()
        do {
            _ = try await server.client.unary(
                method.path, ByteBuffer(bytes: bytes), metadata: metadata)
            return nil
        } catch let status as Status {
            return status
        }
    }

    /// A stream on which one request was sent.
    func stream(
        _ method: VaultAPI.Method, _ request: some SwiftProtobuf.Message
    ) async throws -> ClientStream {
        let stream = try await server.client.stream(method.path, metadata: metadata)
        let bytes: [UInt8] = try request.serializedBytes()
        try await stream.send(ByteBuffer(bytes: bytes))
        return stream
    }
}
