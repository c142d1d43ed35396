import Glibc

/// Standard output, written in pieces of this size so that a million lines need little memory.
struct StandardOutput: ~Copyable {
    private static let bytesBuffered = 64 * 1024
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(descriptor: Int32 = STDOUT_FILENO) {
        self.descriptor = descriptor
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    mutating func write(_ text: String) throws(CommandFailure) {
        try write(text.utf8)
    }

    mutating func write(_ bytes: some Sequence<UInt8>) throws(CommandFailure) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bytesBuffered { try flush() }
    }

    /// Writes what is buffered. Must be the last call on the way to success.
    mutating func flush() throws(CommandFailure) {
        var written = 0
        var failure: Int32 = 0
        buffer.withUnsafeBytes { bytes in
            while written < bytes.count {
                let count = Glibc.write(
                    descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else {
                    failure = errno
                    return
                }
                written += count
            }
        }
        buffer.removeAll(keepingCapacity: true)
        guard failure == 0 else { throw Self.failure(failure) }
    }

    private static func failure(_ code: Int32) -> CommandFailure {
        if code == EPIPE {
            // `vaultctl list | head`: end as every other program in a pipe does.
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
        }
        return CommandFailure(
            .failed, "cannot write to standard output: \(SystemFailure.text(code))",
            nextStep: "what was printed is not complete")
    }
}
