internal import NIOCore
internal import NIOPosix
internal import RPC
internal import SwiftProtobuf
internal import VaultAPI

/// A connection to a vault over its UNIX socket. Calls may be made from any task, many at once.
///
/// ```swift
/// let vault = try await VaultConnection.connect(socketPath: "/run/vaultd/vaultd.sock")
/// try await vault.put("db/password", value: Array("correct horse".utf8))
/// if let secret = try await vault.value(of: "db/password") {
///     // secret.value: [UInt8], secret.revision: Int64
/// }
/// await vault.close()
/// ```
///
/// Every call throws a ``VaultClientError``. The calls that take and answer messages of `VaultAPI`
/// have all of the API's fields; the others are for what apps do most.
public final class VaultConnection: Sendable {
    /// How long a call may take unless it says otherwise.
    public static let defaultTimeout: Duration = .seconds(30)

    /// Hashing a password takes time by design, and more of it on a loaded machine.
    static let passwordTimeout: Duration = .seconds(120)

    /// Where the vault was found.
    public let socketPath: String
    /// Whom the calls are made as; nil for what the kernel says of this process.
    public let login: Login?
    private let client: Client
    private let timeout: Duration
    /// Goes with every call: the token of a login, where etcd's clients put it.
    private let metadata: Metadata

    private init(
        socketPath: String, client: Client, timeout: Duration, login: Login? = nil,
        metadata: Metadata = [:]
    ) {
        self.socketPath = socketPath
        self.client = client
        self.timeout = timeout
        self.login = login
        self.metadata = metadata
    }

    /// Connects to the vault at a socket.
    ///
    /// - Parameters:
    ///   - socketPath: at most 107 bytes (a limit of UNIX sockets).
    ///   - timeout: for each call that answers once.
    /// - Throws: `.unreachable` or `.denied`, with the path in the message.
    public static func connect(
        socketPath: String, timeout: Duration = defaultTimeout
    ) async throws(VaultClientError) -> VaultConnection {
        try SocketPath.check(socketPath)
        do {
            let client = try await Client.connect(
                socketPath: socketPath, group: MultiThreadedEventLoopGroup.singleton)
            return VaultConnection(socketPath: socketPath, client: client, timeout: timeout)
        } catch {
            throw SocketPath.diagnose(socketPath)
                ?? failure(error, socketPath: socketPath)
        }
    }

    /// The same connection, for calls as a user with a password. What this one calls stays as it
    /// was; closing either closes both.
    ///
    /// - Throws: `.denied` for a wrong name or password, which are not told apart.
    public func authenticated(as login: Login) async throws(VaultClientError) -> VaultConnection {
        var request = Etcdserverpb_AuthenticateRequest()
        request.name = login.name
        request.password = login.password
        let response: Etcdserverpb_AuthenticateResponse = try await call(
            Methods.Auth.authenticate, request, timeout: Self.passwordTimeout)
        return VaultConnection(
            socketPath: socketPath, client: client, timeout: timeout, login: login,
            metadata: ["token": response.token])
    }

    /// A new connection to the same socket, as the same user: logs in again, because a vault that
    /// was started again knows no token of before.
    public func again() async throws(VaultClientError) -> VaultConnection {
        let new = try await Self.connect(socketPath: socketPath, timeout: timeout)
        guard let login else { return new }
        do throws(VaultClientError) {
            return try await new.authenticated(as: login)
        } catch {
            await new.close()
            throw error
        }
    }

    /// Ends the connection. Calls under way fail with `.unreachable` or `.cancelled`.
    public func close() async {
        await client.close()
    }

    /// One request, one answer.
    func call<Request: SwiftProtobuf.Message, Response: SwiftProtobuf.Message>(
        _ method: VaultAPI.Method, _ request: Request, timeout: Duration? = nil
    ) async throws(VaultClientError) -> Response {
        do {
            let answer = try await client.unary(
                method.path, Self.encode(request), metadata: metadata,
                timeout: timeout ?? self.timeout)
            return try Self.decode(answer)
        } catch {
            throw Self.failure(error, socketPath: socketPath)
        }
    }

    /// One request, many answers, each given to `receive` in order.
    func call<Request: SwiftProtobuf.Message, Response: SwiftProtobuf.Message>(
        _ method: VaultAPI.Method, _ request: Request, receive: (Response) throws -> Void
    ) async throws(VaultClientError) {
        try await call(method, request) { (answer: ByteBuffer) in
            try receive(Self.decode(answer))
        }
    }

    /// The same with answers that are not decoded yet.
    ///
    /// - Parameter recyclesMessages: as `Client.stream`.
    func call(
        _ method: VaultAPI.Method, _ request: some SwiftProtobuf.Message,
        recyclesMessages: Bool = false, receive: (ByteBuffer) throws -> Void
    ) async throws(VaultClientError) {
        do {
            let stream = try await client.stream(
                method.path, metadata: metadata, recyclesMessages: recyclesMessages)
            try await stream.send(Self.encode(request))
            stream.finishSending()
            for try await answer in stream.messages {
                try receive(answer)
            }
        } catch {
            throw Self.failure(error, socketPath: socketPath)
        }
    }

    /// One request whose answers the caller takes.
    func open(
        _ method: VaultAPI.Method, _ request: some SwiftProtobuf.Message
    ) async throws(VaultClientError) -> ClientStream {
        do {
            let stream = try await client.stream(method.path, metadata: metadata)
            try await stream.send(Self.encode(request))
            return stream
        } catch {
            throw Self.failure(error, socketPath: socketPath)
        }
    }

    /// The same request again and again on one stream, each after the answer to the one before and
    /// the pause that `receive` then asks for; until it asks for none.
    func converse<Request: SwiftProtobuf.Message, Response: SwiftProtobuf.Message>(
        _ method: VaultAPI.Method, _ request: Request, receive: (Response) throws -> Duration?
    ) async throws(VaultClientError) {
        // Sends in a task of its own, so that the end of the call is noticed during a pause.
        var sending: Task<Void, any Error>?
        defer { sending?.cancel() }
        do {
            let stream = try await client.stream(method.path, metadata: metadata)
            let message = try Self.encode(request)
            try await stream.send(message)
            for try await answer in stream.messages {
                guard let pause = try receive(Self.decode(answer)) else {
                    stream.finishSending()
                    continue
                }
                sending = Task {
                    try await Task.sleep(for: pause)
                    // What hinders it ends the call, which the reading notices.
                    try await stream.send(message)
                }
            }
        } catch {
            throw Self.failure(error, socketPath: socketPath)
        }
    }

    private static func encode(_ message: some SwiftProtobuf.Message) throws -> ByteBuffer {
        let bytes: MessageBytes = try message.serializedBytes()
        return bytes.buffer
    }

    static func decode<Response: SwiftProtobuf.Message>(
        _ answer: ByteBuffer
    ) throws -> Response {
        do {
            return try Response(serializedBytes: MessageBytes(answer))
        } catch {
            throw VaultClientError(
                .other, "the answer is not a \(Response.protoMessageName)",
                nextStep: "check that the socket belongs to an up-to-date vaultd")
        }
    }

    static func failure(_ error: any Error, socketPath: String) -> VaultClientError {
        switch error {
        case let error as VaultClientError: error
        case let status as Status: VaultClientError(status)
        case is CancellationError: VaultClientError(.cancelled, "the call was cancelled")
        default:
            VaultClientError(
                .unreachable, "the connection to \(socketPath) failed: \(error)",
                nextStep: "see if vaultd is running, then try again")
        }
    }
}
