import NIOCore
import NIOPosix
import RPC
import SwiftProtobuf
import VaultAPI

/// A client that keeps its hands off the bytes: what is given is sent, what came is returned.
final class KVConnection: Sendable {
    private let client: Client

    init(_ socketPath: String) async throws {
        client = try await Client.connect(
            socketPath: socketPath, group: MultiThreadedEventLoopGroup.singleton)
    }

    /// The answer's bytes, or the status that the server gave instead.
    func call(
        _ path: String, _ message: [UInt8], token: String? = nil, under name: String = "token",
        timeout: Duration = .seconds(30)
    ) async -> Result<[UInt8], Status> {
        var metadata = Metadata()
        if let token { metadata.append(name, token) }
        do {
            let answer = try await client.unary(
                path, ByteBuffer(bytes: message), metadata: metadata, timeout: timeout)
            return .success(Array(answer.readableBytesView))
        } catch let status as Status {
            return .failure(status)
        } catch {
            return .failure(Status(.unavailable, "\(error)"))
        }
    }

    /// A typed call.
    func call<Answer: Message>(
        _ method: VaultAPI.Method, _ request: some Message, token: String? = nil,
        timeout: Duration = .seconds(30)
    ) async throws -> Answer {
        let bytes: [UInt8] = try request.serializedBytes()
        return try Answer(
            serializedBytes: try await call(
                method.path, bytes, token: token, timeout: timeout
            ).get())
    }

    func close() async { await client.close() }
}
