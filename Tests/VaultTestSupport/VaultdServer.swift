import Glibc

/// A running vaultd: a throw-away vault, or one on a data directory that outlives it.
public final class VaultdServer: TestServer {
    /// Names the server in messages.
    public let name = "vaultd"
    /// The socket to connect to.
    public let socketPath: String
    /// What `etcdctl --endpoints` takes. Clients of 3.4 want a port even here.
    public var endpoint: String { "unix://\(socketPath)" }
    /// The process.
    public let program: Program

    private let directory: TemporaryDirectory

    /// Starts `vaultd --dev`, initialised and unsealed, and waits until it answers.
    public static func dev() throws -> VaultdServer {
        let directory = try TemporaryDirectory()
        return try VaultdServer(["--dev"], directory: directory)
    }

    /// Starts `vaultd --data-dir` and waits until it listens. It serves what it is told by
    /// `keyfile`, and is sealed without one.
    public convenience init(dataDirectory: String, keyfile: String? = nil) throws {
        var arguments = ["--data-dir", dataDirectory]
        if let keyfile { arguments += ["--keyfile", keyfile] }
        try self.init(arguments, directory: try TemporaryDirectory())
    }

    /// Starts vaultd with these arguments and a socket of its own. `prefix` is a program that
    /// becomes it, such as setpriv(1), and its arguments.
    public init(
        _ arguments: [String], directory: TemporaryDirectory, prefix: [String] = []
    ) throws {
        let socketPath = directory.file("v.sock:1")
        self.socketPath = socketPath
        self.directory = directory
        let command =
            prefix + [try BuiltPrograms.path("vaultd")] + arguments + ["--socket", socketPath]
        let program = try Program(
            command[0], Array(command.dropFirst()), workingDirectory: directory.path)
        self.program = program
        let ready = Waiting.until(.seconds(60)) {
            program.ended != nil || UnixSocket.answers(at: socketPath)
        }
        guard ready, program.ended == nil else {
            throw TestFailure(
                "vaultd did not start: \(program.ended.map { "\($0)" } ?? "no answer") "
                    + program.errorText)
        }
    }

    /// Asks it to end, and expects that it does so without complaint.
    public func stop() throws {
        let result = try program.stop(SIGTERM)
        guard result.status == .exit(0) else {
            throw TestFailure("vaultd did not stop as asked: \(result)")
        }
    }

    /// Ends it as a power failure of its process would: nothing is finished or flushed.
    public func kill() throws { try program.stop(SIGKILL) }
}
