import CLinux
import Glibc

/// A program that somebody wants run, with an environment of its own.
enum ChildProcess {
    /// Becomes the program. Returns only when that fails, and says why.
    static func become(
        _ command: [String], _ environment: borrowing ChildEnvironment
    ) -> CommandFailure {
        let arguments = Arguments(command)
        // Ignored by this program (`ProcessSetup`); a program starts with what is usual.
        for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_DFL) }
        var nothing = noSignals()
        pthread_sigmask(SIG_SETMASK, &nothing, nil)
        _ = vault_become(command[0], arguments.pointers, environment.pointers)
        return failure(errno, command[0])
    }

    /// Runs the program to its end, with its output going through a mask.
    ///
    /// - Returns: how it ended, as waitpid(2) says it.
    static func run(
        _ command: [String], _ environment: borrowing ChildEnvironment, _ mask: OutputMask
    ) throws(CommandFailure) -> Int32 {
        // Two descriptors of one terminal or file share a pipe: what is written to them keeps its
        // order.
        let isShared = areSame(STDOUT_FILENO, STDERR_FILENO)
        let output = try pipe()
        let errors = isShared ? output : try pipe()
        SignalRelay.begin()
        let process = try spawn(
            command, environment, output: output.writing, errors: errors.writing)
        SignalRelay.attach(process)
        close(output.writing)
        var streams = [MaskedStream(from: output.reading, to: STDOUT_FILENO, mask: mask)]
        if !isShared {
            close(errors.writing)
            streams.append(MaskedStream(from: errors.reading, to: STDERR_FILENO, mask: mask))
        }
        move(&streams)
        let status = wait(for: process)
        if let code = streams.map(\.failure).first(where: { $0 != 0 }), status == 0 {
            throw CommandFailure(
                .failed, "cannot write the program's output: \(SystemFailure.text(code))",
                nextStep: "what was printed is not complete")
        }
        return status
    }

    /// Runs the program to its end, with the terminal to itself. `SignalRelay` has begun. Where
    /// standard output is no terminal it is for the answer of this program, and not the other's.
    static func run(
        _ command: [String], _ environment: borrowing ChildEnvironment
    ) throws(CommandFailure) -> Int32 {
        let process = try spawn(
            command, environment,
            output: isatty(STDOUT_FILENO) == 1 ? STDOUT_FILENO : STDERR_FILENO,
            errors: STDERR_FILENO)
        SignalRelay.attach(process)
        defer { SignalRelay.detach() }
        return wait(for: process)
    }

    private static func wait(for process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
    }

    /// Ends as another process did: with its status, or by its signal, which the shell then sees.
    static func end(as status: Int32) -> Never {
        let number = status & 0x7f
        if number != 0 {
            signal(number, SIG_DFL)
            var nothing = noSignals()
            pthread_sigmask(SIG_SETMASK, &nothing, nil)
            raise(number)
            exit(128 + number)
        }
        exit((status >> 8) & 0xff)
    }

    private static func move(_ streams: inout [MaskedStream]) {
        while streams.contains(where: \.isOpen) {
            // poll(2) passes over descriptors below zero.
            var entries = streams.map {
                pollfd(fd: $0.source, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&entries, nfds_t(entries.count), -1) > 0 else { continue }
            for (index, entry) in entries.enumerated() where entry.revents != 0 {
                streams[index].move()
            }
        }
    }

    private static func spawn(
        _ command: [String], _ environment: borrowing ChildEnvironment, output: Int32,
        errors: Int32
    ) throws(CommandFailure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (usual, nothing) = (noSignals(), noSignals())
        for number in [SIGPIPE, SIGXFSZ] { sigaddset(&usual, number) }
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setsigmask(&attributes, &nothing)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        let arguments = Arguments(command)
        var process: pid_t = 0
        let code = posix_spawnp(
            &process, command[0], &actions, &attributes, arguments.pointers,
            environment.pointers)
        guard code == 0 else { throw failure(code, command[0]) }
        return process
    }

    /// env(1)'s numbers, which shells have too.
    private static func failure(_ code: Int32, _ program: String) -> CommandFailure {
        let shown = TerminalText.escaped(program.utf8)
        if code == ENOENT {
            return CommandFailure(
                .noSuchProgram, "cannot start \(shown): \(SystemFailure.text(code))",
                nextStep: "name a program that is there")
        }
        return CommandFailure(
            .cannotStart, "cannot start \(shown): \(SystemFailure.text(code))",
            nextStep: code == E2BIG
                ? "give it fewer or smaller secrets" : "name a program that you may execute")
    }

    /// What a program has blocked when it starts. The threads of Swift's tasks have blocked nearly
    /// everything, and would pass that on: no SIGTERM would reach the program.
    private static func noSignals() -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        return signals
    }

    private static func pipe() throws(CommandFailure) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard vault_pipe(&ends) == 0 else {
            throw CommandFailure(.failed, "cannot make a pipe: \(SystemFailure.text(errno))")
        }
        return (ends[0], ends[1])
    }

    private static func areSame(_ first: Int32, _ second: Int32) -> Bool {
        var (one, other) = (stat(), stat())
        guard fstat(first, &one) == 0, fstat(second, &other) == 0 else { return false }
        return one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }

    /// argv, as execve(2) takes it.
    private struct Arguments: ~Copyable {
        let pointers: [UnsafeMutablePointer<CChar>?]

        init(_ words: [String]) { pointers = words.map { strdup($0) } + [nil] }

        deinit { for pointer in pointers { free(pointer) } }
    }
}
