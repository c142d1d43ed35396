import ArgumentParser
import Glibc
import VaultClient

/// The options of every command. They may stand before or after the command's name.
struct GlobalOptions: ParsableArguments {
    static let defaultSocket = "/run/vaultd/vaultd.sock"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The socket of vaultd (default: $VAULTD_SOCKET, then \(defaultSocket)).",
            valueName: "path"),
        completion: .file())
    var socket: String?

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: "A table for people, or one JSON document for programs: table or json.")
    var output: OutputFormat = .table

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Log in as this user, with a password (default: what the kernel says of you).",
            valueName: "name"),
        completion: .custom(UserCompletion.names))
    var user: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file with the password of --user (default: it is asked for).", valueName: "file"),
        completion: .file())
    var userPasswordFile: String?

    func validate() throws {
        guard let user else {
            guard userPasswordFile == nil else {
                throw CommandFailure(
                    .usage, "--user-password-file is of no use alone",
                    nextStep: "name the user with --user")
            }
            return
        }
        // etcdctl takes NAME:PASSWORD. Refused without repeating it.
        guard !user.contains(":") else {
            throw CommandFailure(
                .usage, "--user takes a name alone: a password there is seen by others in ps",
                nextStep: "type the password when asked, or use --user-password-file")
        }
        guard !user.isEmpty else {
            throw CommandFailure(.usage, "--user is empty", nextStep: "name a user")
        }
    }

    /// Connects, and logs in where that is asked for.
    func connect(
        timeout: Duration = VaultConnection.defaultTimeout
    ) async throws -> VaultConnection {
        let vault = try await VaultConnection.connect(socketPath: socketPath, timeout: timeout)
        guard let user else { return vault }
        do {
            // Asked for once it is known that somebody answers.
            let login = try Password.login(as: user, file: userPasswordFile)
            return try await vault.authenticated(as: login)
        } catch {
            await vault.close()
            guard let error = error as? VaultClientError else { throw error }
            throw AccessFailure.login(error, as: user)
        }
    }

    /// Connects, does the work, and closes, whatever comes of it.
    func onVault<Answer>(
        _ body: (VaultConnection) async throws -> Answer
    ) async throws -> Answer {
        let vault = try await connect()
        do {
            let answer = try await body(vault)
            await vault.close()
            return answer
        } catch {
            await vault.close()
            throw error
        }
    }

    var socketPath: String {
        if let socket { return socket }
        if let variable = getenv("VAULTD_SOCKET"), variable[0] != 0 {
            return String(cString: variable)
        }
        return Self.defaultSocket
    }
}
