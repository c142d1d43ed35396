public import Glibc
import Synchronization

/// A real process: its standard streams are files, so that it never waits for its reader.
public final class Program: Sendable {
    /// The process id. Meaningful until the program was waited for.
    public let processID: pid_t
    /// The command line, for messages.
    public let commandLine: String
    /// The file that standard output goes to.
    public let outputPath: String
    /// The file that standard error goes to.
    public let errorPath: String

    private let status = Mutex<ExitStatus?>(nil)
    private let directory: TemporaryDirectory
    private let hasOwnSession: Bool

    // POSIX_SPAWN_SETSID, which Swift cannot import.
    private static let newSession: Int16 = 0x80

    /// Starts `executable` (a path, or a name to look up in `PATH`).
    ///
    /// - Parameters:
    ///   - environment: added to this process's environment.
    ///   - input: what standard input holds.
    ///   - workingDirectory: this process's own when nil.
    ///   - hasOwnSession: whatever kills the program here kills what it has started, too, except
    ///     for what has left its session.
    public init(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:],
        input: [UInt8] = [], workingDirectory: String? = nil, hasOwnSession: Bool = false
    ) throws {
        let directory = try TemporaryDirectory()
        try Files.write(input, to: directory.file("in"))
        self.directory = directory
        self.hasOwnSession = hasOwnSession
        outputPath = directory.file("out")
        errorPath = directory.file("err")
        commandLine = ([executable] + arguments).joined(separator: " ")
        // env(1) changes the directory and then becomes the program: the process id stays.
        let prefix = workingDirectory.map { ["/usr/bin/env", "-C", $0] } ?? []
        processID = try Program.spawn(
            prefix + [executable] + arguments, environment: environment, streams: directory,
            hasOwnSession: hasOwnSession)
    }

    deinit {
        if ended == nil {
            killAll()
            _ = reap(0)
        }
    }

    /// Runs the program to its end.
    public static func run(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:],
        input: [UInt8] = [], workingDirectory: String? = nil, timeout: Duration = .seconds(60)
    ) throws -> ProgramResult {
        let program = try Program(
            executable, arguments, environment: environment, input: input,
            workingDirectory: workingDirectory)
        return try program.result(timeout: timeout)
    }

    /// How it ended, nil while it runs.
    public var ended: ExitStatus? { reap(WNOHANG) }

    /// True while SIGSTOP holds it, whatever it was doing.
    public var isStopped: Bool {
        // The state follows the command's name, which is in parentheses and may hold any.
        guard let text = try? Files.text("/proc/\(processID)/stat"),
            let end = text.lastIndex(of: ")")
        else { return false }
        return text[end...].dropFirst().drop { $0 == " " }.first == "T"
    }

    /// Sends a signal, unless the program has ended.
    public func signal(_ number: Int32) {
        if ended == nil { kill(processID, number) }
    }

    /// Waits for the end. A program that outlives `timeout` is killed, and the test fails.
    public func result(timeout: Duration = .seconds(60)) throws -> ProgramResult {
        guard Waiting.until(timeout, { self.ended != nil }), let status = ended else {
            killAll()
            throw TestFailure("still running after \(timeout): \(commandLine)\n\(errorText)")
        }
        return ProgramResult(
            status: status, output: try Files.read(outputPath), errors: try Files.read(errorPath))
    }

    /// Ends the program with a signal and waits until it is gone.
    @discardableResult
    public func stop(_ number: Int32 = SIGTERM, timeout: Duration = .seconds(20)) throws
        -> ProgramResult
    {
        signal(number)
        return try result(timeout: timeout)
    }

    /// What it wrote to standard output until now.
    public var outputText: String { (try? Files.text(outputPath)) ?? "" }
    /// What it wrote to standard error until now.
    public var errorText: String { (try? Files.text(errorPath)) ?? "" }

    /// A session begins with one group of processes, whose number is its own.
    private func killAll() { kill(hasOwnSession ? -processID : processID, SIGKILL) }

    private func reap(_ options: Int32) -> ExitStatus? {
        status.withLock { status in
            if let status { return status }
            var word: Int32 = 0
            guard waitpid(processID, &word, options) == processID else { return nil }
            status = ExitStatus(waitStatus: word)
            return status
        }
    }

    private static func spawn(
        _ command: [String], environment: [String: String], streams: TemporaryDirectory,
        hasOwnSession: Bool
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let create = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, streams.file("in"), O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, streams.file("out"), create, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, streams.file("err"), create, 0o600)
        // A test process may ignore SIGPIPE; what it starts shall not inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        var flags = Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK)
        if hasOwnSession { flags |= newSession }
        posix_spawnattr_setflags(&attributes, flags)

        let variables = ownEnvironment().merging(environment) { $1 }.map { "\($0)=\($1)" }
        var identifier = pid_t()
        let code = withCStrings(command) { arguments in
            withCStrings(variables) { variables in
                posix_spawnp(
                    &identifier, command[0], &actions, &attributes, arguments, variables)
            }
        }
        guard code == 0 else {
            throw TestFailure("cannot start \(command[0]): \(String(cString: strerror(code)))")
        }
        return identifier
    }

    private static func ownEnvironment() -> [String: String] {
        var result: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return result
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
