import ArgumentParser
import Glibc
import NIOCore
import NIOPosix
import RPC
import SwiftProtobuf
import Synchronization
import Testing
import VaultAPI
import VaultClient
import VaultTestSupport

@testable import vaultctl

/// A server that answers every method as a test says, and remembers what it was asked.
final class FakeVault: Sendable {
    typealias Answer = Result<any SwiftProtobuf.Message, Status>

    /// What a whole command came to.
    struct Outcome {
        var status: vaultctl.ExitStatus?
        var failure: CommandFailure?
        var output = ""
    }

    private let directory: TemporaryDirectory
    private let asked = Mutex<[(method: String, request: [UInt8])]>([])
    private let answers: [VaultAPI.Method: Answer]

    init(_ answers: [VaultAPI.Method: Answer]) throws {
        directory = try TemporaryDirectory()
        self.answers = answers
    }

    /// The requests of a method, in order.
    func requests<Request: SwiftProtobuf.Message>(
        _ method: VaultAPI.Method, _ type: Request.Type
    ) throws -> [Request] {
        try asked.withLock { $0 }.filter { $0.method == method.path }.map {
            try Request(serializedBytes: $0.request)
        }
    }

    /// Runs a command as the program does, but for where its output goes.
    func run(_ words: String...) async throws -> Outcome {
        let socket = directory.file("s")
        let server = Server(routes: { answers.map(route) }, group: .singleton)
        try await server.start(try ListeningSocket.bind(path: socket))
        let outcome = try await outcome(of: words + ["--socket", socket])
        await server.drain(timeout: .seconds(5))
        return outcome
    }

    private func outcome(of words: [String]) async throws -> Outcome {
        let parsed = try await Vaultctl.asyncParseAsRoot(words)
        let command = try #require(parsed as? any VaultCommand)
        let path = directory.file("out")
        try Files.write("", to: path)
        let descriptor = open(path, O_WRONLY | O_TRUNC)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var output = StandardOutput(descriptor: descriptor)
        var outcome = Outcome()
        let vault = try await command.options.connect()
        do {
            outcome.status = try await command.run(on: vault, output: &output)
        } catch let error as CommandFailure {
            outcome.failure = error
        }
        try output.flush()
        await vault.close()
        outcome.output = try Files.text(path)
        return outcome
    }

    private func route(_ method: VaultAPI.Method, _ answer: Answer) -> Route {
        .unary(method.path) { _, request in
            self.asked.withLock { $0.append((method.path, Array(buffer: request))) }
            do {
                let bytes: [UInt8] = try answer.get().serializedBytes()
                return .message(ByteBuffer(bytes: bytes))
            } catch {
                return .failure((error as? Status) ?? Status(.internal, "\(error)"))
            }
        }
    }
}
