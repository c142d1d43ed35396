import Glibc

/// Lines for whoever started the daemon; everything else is the log's.
enum StandardStreams {
    static func writeOutput(_ line: String) { write(line, to: STDOUT_FILENO) }

    static func writeError(_ line: String) { write(line, to: STDERR_FILENO) }

    private static func write(_ line: String, to descriptor: Int32) {
        let bytes = [UInt8]((line + "\n").utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            // Nobody reads any more: there is nobody to tell that, either.
            guard count > 0 else { return }
            written += count
        }
    }
}
