import Glibc
import NIOCore
import NIOPosix
import Synchronization

@testable import RPC

/// A server on a socket in its own directory, for one test.
struct TestServer {
    let server: Server
    let path: String
    let events: Recorder<ServerEvent>

    static let group = MultiThreadedEventLoopGroup.singleton

    static func run<R>(
        _ routes: [Route], limits: ServerLimits = ServerLimits(),
        gate: any Gatekeeper = OpenGate(), group: MultiThreadedEventLoopGroup = group,
        loopSets: Int = 1, plain: (any PlainResponder)? = nil,
        _ body: (TestServer) async throws -> R
    ) async throws -> R {
        try await SocketDirectory.with { directory in
            let events = Recorder<ServerEvent>()
            let server = Server(
                routes: { routes }, limits: limits, group: group, loopSets: loopSets, gate: gate,
                plain: plain,
                log: { events.append($0) })
            let path = directory.path + "/s"
            try await server.start(try ListeningSocket.bind(path: path))
            let test = TestServer(server: server, path: path, events: events)
            do {
                let result = try await body(test)
                await server.drain(timeout: .seconds(5))
                return result
            } catch {
                await server.drain(timeout: .milliseconds(10))
                throw error
            }
        }
    }

    func connect(limits: ClientLimits = ClientLimits()) async throws -> Client {
        try await Client.connect(socketPath: path, group: Self.group, limits: limits)
    }

    /// Runs `body` with a client that is closed afterwards.
    func withClient<R>(
        limits: ClientLimits = ClientLimits(), _ body: (Client) async throws -> R
    ) async throws -> R {
        let client = try await connect(limits: limits)
        do {
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }
}

/// A private directory with a short path: socket paths have at most 107 bytes.
struct SocketDirectory {
    let path: String

    static func with<R>(_ body: (SocketDirectory) async throws -> R) async throws -> R {
        var template = Array("/tmp/rpc-XXXXXX".utf8CString)
        let name = template.withUnsafeMutableBufferPointer { buffer -> String? in
            guard let base = buffer.baseAddress, mkdtemp(base) != nil else { return nil }
            return String(cString: base)
        }
        guard let name else { throw Status(.internal, "mkdtemp: \(errno)") }
        defer {
            for file in ["/s", "/s.new", "/other", "/file"] { unlink(name + file) }
            rmdir(name)
        }
        return try await body(SocketDirectory(path: name))
    }
}

/// Values from any thread, and somebody who waits for them.
final class Recorder<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        var waiting: [(count: Int, continuation: CheckedContinuation<[Value], Never>)] = []
    }
    private let state = Mutex(State())

    func append(_ value: Value) {
        let ready = state.withLock { state in
            state.values.append(value)
            let count = state.values.count
            let ready = state.waiting.filter { $0.count <= count }
            state.waiting.removeAll { $0.count <= count }
            return (ready.map(\.continuation), state.values)
        }
        for continuation in ready.0 { continuation.resume(returning: ready.1) }
    }

    var values: [Value] { state.withLock { $0.values } }

    /// Returns once there are `count` values.
    func wait(for count: Int) async -> [Value] {
        await withCheckedContinuation { continuation in
            let values = state.withLock { state -> [Value]? in
                if state.values.count >= count { return state.values }
                state.waiting.append((count, continuation))
                return nil
            }
            if let values { continuation.resume(returning: values) }
        }
    }
}

/// A stream handler made of closures.
final class ClosureHandler: StreamHandler {
    var onMessage: (ByteBuffer) -> Void = { _ in }
    var onHalfClose: () -> Void = {}
    var onCancel: () -> Void = {}
    var onWritable: () -> Void = {}
    var onDrain: () -> Void = {}

    func received(_ message: ByteBuffer) { onMessage(message) }
    func halfClosed() { onHalfClose() }
    func cancelled() { onCancel() }
    func writable() { onWritable() }
    func draining() { onDrain() }
}

/// The status that `body` throws; nil when it throws none.
func failure<R>(of body: () async throws -> R) async -> Status? {
    do {
        _ = try await body()
        return nil
    } catch let status as Status {
        return status
    } catch {
        return Status(.unknown, "not a status: \(error)")
    }
}
