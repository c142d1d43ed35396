import CLinux
import Glibc

/// A restore in a process of its own. It waits for its key before it touches its target: until
/// then limits can be put on it that the first system call of the restore already meets.
final class RestoreProcess {
    /// How it ended.
    enum End: Equatable {
        case exit(Int32)
        case signal(Int32)

        /// The exit status; -1, which nothing expects, for what a signal has ended.
        var code: Int32 {
            switch self {
            case .exit(let code): code
            case .signal: -1
            }
        }
    }

    /// Looks that are taken at a restore before it is given up: minutes.
    private static let looksMax = 1_000_000

    private let program: RestoreProgram
    /// Where the key goes in; -1 once it has.
    private var pipe: Int32
    private var process: pid_t

    init(
        _ program: RestoreProgram, _ archives: [String], into target: String
    ) throws(BackupError) {
        self.program = program
        var ends: [Int32] = [0, 0]
        guard vault_pipe(&ends) == 0 else {
            throw .inconclusive("no pipe can be made: \(ArchiveFile.text(errno))")
        }
        pipe = ends[1]
        let arguments =
            [program.path, "backup", "restore"] + archives + ["--data-dir", target]
            + program.keyArguments
        let result = Self.spawn(arguments, input: ends[0])
        close(ends[0])
        process = result.process
        guard result.error == 0 else {
            throw .inconclusive(
                "\(program.path) cannot be started: \(ArchiveFile.text(result.error))")
        }
    }

    deinit {
        if pipe >= 0 { close(pipe) }
        if process > 0 {
            Glibc.kill(process, SIGKILL)
            _ = wait()
        }
    }

    private static func spawn(
        _ arguments: [String], input: Int32
    ) -> (process: pid_t, error: Int32) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        vault_spawn_closing_from(&actions, 3)
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/usr/bin:/bin"), nil]
        defer { for pointer in environment { free(pointer) } }
        var process: pid_t = 0
        let error = posix_spawn(
            &process, arguments[0], &actions, nil, &pointers, &environment)
        return (error == 0 ? process : 0, error)
    }

    /// Takes room away: files may become so large, in bytes.
    func limitFiles(to bytes: Int64) throws(BackupError) {
        let resource = Int32(RLIMIT_FSIZE.rawValue)
        guard vault_limit_process(process, resource, UInt64(clamping: bytes)) == 0 else {
            throw .inconclusive("no limit can be put on a restore: \(ArchiveFile.text(errno))")
        }
    }

    /// Has it begin.
    func giveKey() {
        program.writeKey(pipe)
        close(pipe)
        pipe = -1
    }

    /// Waits for the end; gives the key before, unless it was given.
    func finish() -> End {
        if pipe >= 0 { giveKey() }
        Glibc.kill(process, SIGCONT)
        return wait()
    }

    /// Gives the key, and lets it run for `slice` microseconds at a time until `hasHappened` says
    /// so, which is asked while it stands still. nil when it then does; how it ended, when it ended
    /// before.
    func run(slice: UInt32, until hasHappened: () -> Bool) -> End? {
        giveKey()
        for _ in 0..<Self.looksMax {
            usleep(slice)
            Glibc.kill(process, SIGSTOP)
            var status: Int32 = 0
            while waitpid(process, &status, WUNTRACED) < 0, errno == EINTR {}
            guard status & 0xff == 0x7f else {
                process = 0
                return Self.end(status)
            }
            if hasHappened() { return nil }
            Glibc.kill(process, SIGCONT)
        }
        return finish()
    }

    /// Ends it as a power cut would.
    func kill() {
        Glibc.kill(process, SIGKILL)
        _ = wait()
    }

    private func wait() -> End {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        process = 0
        return Self.end(status)
    }

    private static func end(_ status: Int32) -> End {
        status & 0x7f == 0 ? .exit(status >> 8 & 0xff) : .signal(status & 0x7f)
    }
}
