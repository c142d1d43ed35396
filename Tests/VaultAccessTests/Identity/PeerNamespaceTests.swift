import Glibc
import Testing
import VaultTestSupport

@testable import VaultAccess

/// A server that is itself in a namespace: this test program, started again in one.
@Suite(.enabled(if: geteuid() == 0, "only root can make these namespaces"), .serialized)
struct PeerNamespaceTests {
    /// The variable that tells the program started again where to put what it finds.
    private static let variable = "VAULT_PEER_DIRECTORY"

    /// The part inside the namespace.
    @Test(.enabled(if: Environment.text(variable) != nil, "runs in a namespace only"))
    func serverInside() throws {
        let directory = try #require(Environment.text(Self.variable))
        let listener = try PeerListener()
        let command = listener.command(wrapper: [], options: []).joined(separator: "\n")
        try Files.write(command, to: "\(directory)/command.part")
        rename("\(directory)/command.part", "\(directory)/command")
        let accepted = try listener.accept()
        defer { close(accepted) }
        let peer = try #require(Peer(socket: accepted))
        let unit = peer.unit(now: .zero)
        let identity = peer.identity
        let text = "\(identity.processID) \(identity.userID) \(identity.groupID) \(unit ?? "none")"
        try Files.write(text, to: "\(directory)/answer")
    }

    /// What a server under `namespace` says of a client outside.
    private func answer(namespace: [String], client wrapper: [String]) throws -> String {
        let directory = try TemporaryDirectory()
        let own = CommandLine.arguments
        let arguments =
            namespace + [own[0]] + own.dropFirst().prefix { $0 != "--filter" }
            + ["--testing-library", "swift-testing", "--filter", "PeerNamespaceTests.serverInside"]
        let server = try Program(
            "/usr/bin/unshare", arguments, environment: [Self.variable: directory.path])
        let isReady = Waiting.until(.seconds(60)) {
            server.ended != nil || Files.exists(directory.file("command"))
        }
        guard isReady, server.ended == nil else {
            throw TestFailure("no server: \(server.outputText) \(server.errorText)")
        }
        let command =
            wrapper
            + (try Files.text(directory.file("command")).split(separator: "\n").map(String.init))
        let client = try Program(command[0], Array(command.dropFirst()))
        _ = try server.result()
        _ = client
        return try Files.text(directory.file("answer"))
    }

    @Test func aServerInItsOwnPIDNamespaceKnowsTheUserOnly() throws {
        let wrapper = [
            "/usr/bin/setpriv", "--reuid", "1234", "--regid", "1235", "--clear-groups",
        ]
        let answer = try answer(
            namespace: ["--pid", "--fork", "--kill-child"], client: wrapper)
        #expect(answer == "0 1234 1235 none")
    }

    @Test func aServerInAUserNamespaceKnowsNobodyWithoutANumberThere() throws {
        let wrapper = [
            "/usr/bin/setpriv", "--reuid", "1234", "--regid", "1235", "--clear-groups",
        ]
        let answer = try answer(namespace: ["--user", "--map-root-user"], client: wrapper)
        let fields = answer.split(separator: " ").dropFirst().joined(separator: " ")
        #expect(fields == "\(PeerIdentity.unmappedID) \(PeerIdentity.unmappedID) none")
    }
}
