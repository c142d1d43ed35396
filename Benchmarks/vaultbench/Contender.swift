import VaultTestSupport

/// A server with a durable store that can be ended and started again.
struct Contender {
    let name: String
    private let open: () throws -> any TestServer
    private(set) var server: any TestServer

    /// etcd with its defaults, on a UNIX socket as well.
    static func etcd() throws -> Contender {
        let directory = try TemporaryDirectory()
        return try Contender(name: "etcd") { try EtcdServer(directory: directory) }
    }

    /// vaultd with a passphrase and a key file; it unseals itself with the latter.
    static func vaultd() throws -> Contender {
        let vault = try InitialisedVault(withPassphrase: true)
        return try Contender(name: "vaultd") { try vault.start() }
    }

    private init(name: String, open: @escaping () throws -> any TestServer) throws {
        self.name = name
        self.open = open
        server = try open()
    }

    /// Ends the server as the system would, starts it, and returns the time from the start of the
    /// process to the first read that was answered.
    mutating func restart() async throws -> Duration {
        try server.program.stop()
        let clock = ContinuousClock()
        let begin = clock.now
        server = try open()
        while clock.now - begin < .seconds(120) {
            if let client = try? await BenchClient(server.socketPath) {
                let revision = try? await client.revision()
                await client.close()
                if revision != nil { return clock.now - begin }
            }
        }
        throw BenchFailure("\(name) does not answer after its restart")
    }

    func memory() throws -> ProcessMemory {
        try ProcessMemory(of: server.program.processID)
    }
}
