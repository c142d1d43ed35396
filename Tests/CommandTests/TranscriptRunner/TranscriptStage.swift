import VaultTestSupport

/// What a transcript runs against: a server of the named kind, and a directory of its own with a
/// key file `key` and two passphrase files. A kind such as `dev+etcd` has a second server, which
/// the transcript reaches as `$OTHER`.
final class TranscriptStage {
    let kind: String
    let directory: TemporaryDirectory
    private var server: (any TestServer)?
    private let other: (any TestServer)?
    /// How the server is started again, when it can be.
    private var start: (() throws -> any TestServer)?

    init(kind: String) throws {
        self.kind = kind
        directory = try TemporaryDirectory()
        try Files.write([UInt8](repeating: 0x5a, count: 32), to: directory.file("key"))
        try Files.write([UInt8](repeating: 0x5b, count: 32), to: directory.file("other-key"))
        try Files.write("correct horse battery staple\n", to: directory.file("passphrase"))
        try Files.write("wrong horse battery staple\n", to: directory.file("wrong-passphrase"))
        try Files.write(Self.collect, to: directory.file("collect"))
        try Files.write(Self.awaitText, to: directory.file("await"))
        let kinds = kind.split(separator: "+").map(String.init)
        other = kinds.count > 1 ? try Self.server(kinds[1]) : nil
        if kind == "empty" {
            let (data, home) = (directory.file("data"), try TemporaryDirectory())
            let start = { try VaultdServer(["--data-dir", data], directory: home) }
            self.start = start
            server = try start()
        } else {
            server = try kinds.first.flatMap(Self.server)
        }
    }

    private static func server(_ kind: String) throws -> (any TestServer)? {
        switch kind {
        case "etcd": try EtcdServer()
        case "etcd-quota": try EtcdServer(options: ["--quota-backend-bytes", String(quota)])
        case "dev": try VaultdServer.dev()
        case "dev-quota": try dev(configuration: "quota_bytes: \(quota)\n")
        // A throw-away vault whose configuration keeps the past of some keys.
        case "history": try dev(configuration: "retention:\n  - \"app/ versions=2 for=1d\"\n")
        case "none": nil
        default: throw TestFailure("no server is called \(kind)")
        }
    }

    private static let quota = 4 << 20

    private static func dev(configuration: String) throws -> VaultdServer {
        let directory = try TemporaryDirectory()
        let file = directory.file("vaultd.yaml")
        try Files.write(configuration, to: file)
        return try VaultdServer(["--dev", "--config", file], directory: directory)
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

    /// `sh await TEXT FILE` waits until a line of the file has the text.
    private static let awaitText = """
        tries=0
        until grep -q -e "$1" "$2" 2>/dev/null; do
            [ $tries -lt 600 ] || { echo "$2 never says $1:"; cat "$2"; exit 1; }
            sleep 0.05; tries=$((tries + 1))
        done
        """

    /// `% restart` asks the server to end and starts it again; `% kill` does not ask.
    func direct(_ words: String) throws {
        guard let start, let running = server as? VaultdServer else {
            throw TestFailure("a server of kind \(kind) cannot be started again")
        }
        switch words {
        case "restart": try running.stop()
        case "kill": try running.kill()
        default: throw TestFailure("a server cannot \(words)")
        }
        server = try start()
    }

    /// Runs a line of shell, with both clients pointed at the server. When it takes longer than
    /// `limit` it is killed, and whatever it waits for with it.
    func run(_ command: String, limit: Duration = .seconds(300)) throws -> ProgramResult {
        let programs = try BuiltPrograms.directory()
        var environment = [
            "ETCDCTL_API": "3", "PATH": "\(programs):/usr/bin:/bin", "HOME": directory.path,
            "VAULTD_SOCKET": server?.socketPath ?? directory.file("no.sock"), "LC_ALL": "C.UTF-8",
            // Seconds otherwise, which a busy machine or disk takes to hash a password or to sync.
            "ETCDCTL_DIAL_TIMEOUT": "60s", "ETCDCTL_COMMAND_TIMEOUT": "60s",
            "ETCDCTL_KEEPALIVE_TIMEOUT": "60s",
        ]
        environment["ETCDCTL_ENDPOINTS"] = server?.endpoint
        environment["OTHER"] = other?.endpoint
        let shell = try Program(
            "/bin/sh", ["-c", command], environment: environment,
            workingDirectory: directory.path, hasOwnSession: true)
        return try shell.result(timeout: limit)
    }
}
