import Glibc

/// Standard input as a terminal, with echo and line editing turned off.
struct Terminal: ~Copyable {
    private var original = termios()

    static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 }

    init() throws(CommandFailure) {
        guard tcgetattr(STDIN_FILENO, &original) == 0 else {
            throw CommandFailure(
                .failed, "cannot turn off the terminal's echo: \(SystemFailure.text(errno))",
                nextStep: "give the secret in a file or on standard input")
        }
        var silent = original
        // Without ISIG, interrupt arrives as a character, and the echo is turned on again before
        // the program ends. Without ICANON, a line may be longer than the 4095 bytes of a tty.
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG | IEXTEN)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else {
            throw CommandFailure(
                .failed, "cannot turn off the terminal's echo: \(SystemFailure.text(errno))",
                nextStep: "give the secret in a file or on standard input")
        }
    }

    deinit {
        var original = original
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &original)
    }

    /// The next byte typed; nil when the terminal went away.
    borrowing func nextByte() -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let count = read(STDIN_FILENO, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            return count == 1 ? byte : nil
        }
    }
}
