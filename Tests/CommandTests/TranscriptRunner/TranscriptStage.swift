import VaultTestSupport

/// What a transcript runs against: a server of the named kind, and a directory of its own with a
/// key file `key` and two passphrase files.
struct TranscriptStage {
    let kind: String
    let directory: TemporaryDirectory
    private let server: (any TestServer)?

    init(kind: String) throws {
        self.kind = kind
        directory = try TemporaryDirectory()
        try Files.write([UInt8](repeating: 0x5a, count: 32), to: directory.file("key"))
        try Files.write([UInt8](repeating: 0x5b, count: 32), to: directory.file("other-key"))
        try Files.write("correct horse battery staple\n", to: directory.file("passphrase"))
        try Files.write("wrong horse battery staple\n", to: directory.file("wrong-passphrase"))
        try Files.write(Self.collect, to: directory.file("collect"))
        switch kind {
        case "etcd": server = try EtcdServer()
        case "dev": server = try VaultdServer.dev()
        case "empty": server = try VaultdServer(dataDirectory: directory.file("data"))
        case "history": server = try Self.keepingHistory(directory)
        case "none": server = nil
        default: throw TestFailure("no server is called \(kind)")
        }
    }

    /// `sh collect LINES COMMAND...` runs a command that does not end by itself until it has said
    /// so many lines, and prints them.
    private static let collect = """
        lines=$1; shift
        : >collected
        setsid "$@" >collected 2>&1 & process=$!
        tries=0
        while [ "$(wc -l <collected)" -lt "$lines" ] && [ $tries -lt 600 ] \\
            && kill -0 $process 2>/dev/null; do sleep 0.05; tries=$((tries + 1)); done
        kill -- -$process 2>/dev/null; wait $process 2>/dev/null
        head -n "$lines" collected; rm collected
        """

    /// A throw-away vault whose configuration keeps the past of some keys.
    private static func keepingHistory(_ directory: TemporaryDirectory) throws -> VaultdServer {
        let configuration = """
            retention:
              - "app/ versions=2 for=1d"
            """
        let file = directory.file("vaultd.yaml")
        try Files.write(configuration, to: file)
        return try VaultdServer(
            ["--dev", "--config", file], directory: try TemporaryDirectory())
    }

    /// Runs a line of shell, with both clients pointed at the server.
    func run(_ command: String) throws -> ProgramResult {
        let programs = try BuiltPrograms.directory()
        var environment = [
            "ETCDCTL_API": "3", "PATH": "\(programs):/usr/bin:/bin", "HOME": directory.path,
            "VAULTD_SOCKET": server?.socketPath ?? directory.file("no.sock"), "LC_ALL": "C.UTF-8",
        ]
        environment["ETCDCTL_ENDPOINTS"] = server?.endpoint
        return try Program.run(
            "/bin/sh", ["-c", command], environment: environment,
            workingDirectory: directory.path)
    }
}
