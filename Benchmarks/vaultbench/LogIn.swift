import ArgumentParser
import NIOCore
import RPC
import SwiftProtobuf
import VaultAPI

/// Logs in as the user that `Grants` makes.
struct LogIn: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Log in with the password 'bench'; prints the token.")

    @OptionGroup var target: Target
    @Option(help: "Who logs in.")
    var user: String

    func run() async throws {
        let client = try await target.connect()
        var request = Etcdserverpb_AuthenticateRequest()
        request.name = user
        request.password = "bench"
        let answer = try await client.unary(Methods.Auth.authenticate.path, try request.buffer())
        let response = try Etcdserverpb_AuthenticateResponse(
            serializedBytes: Array(answer.readableBytesView))
        print(response.token)
        await client.close()
    }
}
