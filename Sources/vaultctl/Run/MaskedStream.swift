import Glibc

/// One output of a program, on its way through a mask.
struct MaskedStream {
    private static let bytesRead = 64 * 1024

    /// The end of the pipe that the program writes into; -1 when all was read.
    private(set) var source: Int32
    private let target: Int32
    private var mask: OutputMask
    /// Why the target took no more, other than that nobody reads.
    private(set) var failure: Int32 = 0

    init(from source: Int32, to target: Int32, mask: OutputMask) {
        self.source = source
        self.target = target
        self.mask = mask
    }

    var isOpen: Bool { source >= 0 }

    /// Moves what there is. Where the target takes no more the pipe is closed, and the program's
    /// next write ends it, as it would without a mask.
    mutating func move() {
        var chunk = [UInt8](repeating: 0, count: Self.bytesRead)
        let count = read(source, &chunk, chunk.count)
        if count < 0 && errno == EINTR { return }
        let isEnd = count <= 0
        let code = write(isEnd ? mask.finish() : mask.pass(chunk[..<count]))
        guard isEnd || code != 0 else { return }
        if code != EPIPE { failure = code }
        close(source)
        source = -1
    }

    private func write(_ bytes: [UInt8]) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(target, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN {
                // A terminal or pipe that another program made non-blocking.
                var entry = pollfd(fd: target, events: Int16(POLLOUT), revents: 0)
                _ = poll(&entry, 1, -1)
                continue
            }
            guard count > 0 else { return count < 0 ? errno : EIO }
            rest = rest.dropFirst(count)
        }
        return 0
    }
}
