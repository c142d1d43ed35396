import Glibc

/// A real etcd on a UNIX socket with a fresh data directory: what vaultd is compared with.
public final class EtcdServer: TestServer {
    /// Names the server in messages.
    public let name = "etcd"
    /// etcd wants host:port even of a socket, and creates the file under that name.
    public var socketPath: String { directory.file("e.sock:1") }
    /// What `etcdctl --endpoints` takes.
    public var endpoint: String { "unix://\(socketPath)" }
    /// The process.
    public let program: Program

    private let directory: TemporaryDirectory

    /// Starts etcd and waits until it answers.
    ///
    /// - Parameters:
    ///   - directory: where its data is from an earlier run; a fresh one when nil.
    ///   - options: added to its command line.
    public init(directory: TemporaryDirectory? = nil, options: [String] = []) throws {
        let etcd = try BuiltPrograms.system("etcd", package: "etcd-server")
        let directory = try directory ?? TemporaryDirectory()
        self.directory = directory
        // A killed server leaves its socket file behind, and nobody answers there.
        unlink(directory.file("e.sock:1"))
        unlink(directory.file("p.sock:1"))
        program = try Program(
            etcd,
            [
                "--data-dir", directory.file("data"), "--name", "test",
                "--listen-client-urls", "unix://e.sock:1",
                "--advertise-client-urls", "unix://e.sock:1",
                "--listen-peer-urls", "unix://p.sock:1",
                "--initial-advertise-peer-urls", "unix://p.sock:1",
                "--initial-cluster", "test=unix://p.sock:1",
                "--logger", "zap", "--log-level", "error",
                // The lone member elects itself; waiting for rivals only slows the tests.
                "--heartbeat-interval", "10", "--election-timeout", "100",
                "--max-txn-ops", "128",
            ] + options,
            workingDirectory: directory.path)
        let ready = Waiting.until(.seconds(30)) {
            program.ended != nil || UnixSocket.answers(at: socketPath)
        }
        guard ready, program.ended == nil else {
            throw TestFailure("etcd did not start: \(program.errorText)")
        }
    }

    /// Kills it.
    public func kill() throws { try program.stop(SIGKILL) }
}
