import FoundationEssentials
import RPC
import SwiftProtobuf
import VaultAPI
import VaultTestSupport

/// A user who is no administrator, with a connection of their own.
struct Guest {
    let connection: KVConnection
    let token: String

    /// Makes the user, and a key "app/a" and another, unless they are there.
    init(_ server: VaultdServer, isNew: Bool = true) async throws {
        connection = try await KVConnection(server.socketPath)
        if isNew {
            try await AuditedVault.addGuest(connection)
            try await connection.put("app/a", "1")
            try await connection.put("app/b", "1")
        }
        token = try await AuditedVault.logIn(connection)
    }

    /// The value of "app/a".
    func get() async -> Result<String?, Status> {
        let message: [UInt8] = [10, 5] + Array("app/a".utf8)
        let answer = await connection.call(Methods.KV.range.path, message, token: token)
        return answer.flatMap { bytes in
            do {
                let range = try Etcdserverpb_RangeResponse(serializedBytes: bytes)
                return .success(range.kvs.first.map { String(decoding: $0.value, as: UTF8.self) })
            } catch {
                return .failure(Status(.internal, "\(error)"))
            }
        }
    }

    /// Asks until the answer is a refusal for the log's sake; it and how many there were.
    func getUntilRefused() async throws -> (status: Status, count: Int) {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            if case .failure(let status) = await get(), status.message.contains("audit log") {
                return (status, 1)
            }
        }
        throw TestFailure("nobody was refused")
    }

    func close() async { await connection.close() }
}

extension Guest {
    /// Whether the value is told, sooner or later. Logs in again where the token is none any more.
    func getsInTheEnd() async -> Bool {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            if await get() == .success("1") { return true }
            if let other = try? await AuditedVault.logIn(connection),
                await Guest(connection: connection, token: other).get() == .success("1")
            {
                return true
            }
        }
        return false
    }

    private init(connection: KVConnection, token: String) {
        self.connection = connection
        self.token = token
    }
}
