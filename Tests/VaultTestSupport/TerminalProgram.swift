import Glibc

/// A real process at a terminal of its own, as a person sees it and types to it.
public final class TerminalProgram {
    private let processID: pid_t
    private let terminal: Int32
    private var screen: [UInt8] = []
    /// What lies before this was waited for already.
    private var position = 0
    private var hasEnded = false

    // TIOCSPTLCK and TIOCGPTN, which Swift cannot import.
    private static let (setLock, getNumber) = (UInt(0x4004_5431), UInt(0x8004_5430))

    /// Everything that was on the screen.
    public var text: String { String(decoding: screen, as: UTF8.self) }

    /// Starts the program at `path`; all three streams are the terminal.
    public init(_ path: String, _ arguments: [String]) throws {
        terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (lock, number) = (Int32(0), Int32(0))
        guard terminal >= 0, ioctl(terminal, Self.setLock, &lock) == 0,
            ioctl(terminal, Self.getNumber, &number) == 0
        else { throw Files.failure("no terminal") }
        let name = "/dev/pts/\(number)"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var pointers: [UnsafeMutablePointer<CChar>?] =
            ([path] + arguments).map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process = pid_t()
        let code = posix_spawn(&process, path, &actions, nil, &pointers, environ)
        guard code == 0 else {
            throw TestFailure("cannot start \(path): \(String(cString: strerror(code)))")
        }
        processID = process
    }

    deinit {
        if !hasEnded {
            kill(processID, SIGKILL)
            waitpid(processID, nil, 0)
        }
        close(terminal)
    }

    /// Waits until the program has written `text`, after everything that was waited for before.
    public func expect(_ text: String, timeout: Duration = .seconds(60)) throws {
        let wanted = Array(text.utf8)
        let isThere = Waiting.until(timeout) {
            let isOpen = look()
            guard let found = find(wanted) else { return !isOpen }
            position = found
            return true
        }
        guard isThere, screen[..<position].suffix(wanted.count).elementsEqual(wanted) else {
            throw TestFailure("\(text) does not appear after: \(self.text)")
        }
    }

    /// Types a line.
    public func type(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(terminal, bytes, bytes.count)
    }

    /// Waits for the end, and says how it was.
    public func end(timeout: Duration = .seconds(60)) throws -> ExitStatus {
        var status: Int32 = 0
        let isOver = Waiting.until(timeout) {
            _ = look()
            return waitpid(processID, &status, WNOHANG) == processID
        }
        guard isOver else { throw TestFailure("still running: \(text)") }
        hasEnded = true
        while look() {}
        return ExitStatus(waitStatus: status)
    }

    /// Takes in what is there; false when nobody can write any more.
    private func look() -> Bool {
        var waiting = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 0) > 0 else { return !hasEnded }
        var block = [UInt8](repeating: 0, count: 4_096)
        let count = read(terminal, &block, block.count)
        guard count > 0 else { return false }
        screen += block[..<count]
        return true
    }

    private func find(_ wanted: [UInt8]) -> Int? {
        guard screen.count - position >= wanted.count else { return nil }
        for start in position...(screen.count - wanted.count)
        where screen[start..<(start + wanted.count)].elementsEqual(wanted) {
            return start + wanted.count
        }
        return nil
    }
}
