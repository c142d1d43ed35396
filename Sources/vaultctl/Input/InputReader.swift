import Glibc

/// Reads a file or a stream to its end into a buffer that is wiped.
enum InputReader {
    /// - Parameter limit: more bytes than this are refused.
    static func readAll(
        _ descriptor: Int32, limit: Int, name: String
    ) throws(CommandFailure) -> SecretBuffer {
        var result = SecretBuffer(capacity: 4096)
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 16384, alignment: 1)
        defer {
            SecretBuffer.wipe(chunk)
            chunk.deallocate()
        }
        while true {
            let count = read(descriptor, chunk.baseAddress, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw CommandFailure(
                    .failed, "cannot read \(name): \(SystemFailure.text(errno))")
            }
            guard count > 0 else { return result }
            result.append(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
            guard result.count <= limit else {
                throw CommandFailure(
                    .failed, "\(name) has more than \(Quantity.bytes(Int64(limit)))",
                    nextStep: "give something smaller")
            }
        }
    }

    /// Reads one line, without its end and nothing behind it; what there is where the input ends,
    /// and nil when that is nothing.
    ///
    /// - Parameter limit: more bytes than this are refused.
    static func readLine(
        _ descriptor: Int32, limit: Int, name: String
    ) throws(CommandFailure) -> SecretBuffer? {
        var result = SecretBuffer()
        var byte: UInt8 = 0
        while true {
            let count = read(descriptor, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw CommandFailure(
                    .failed, "cannot read \(name): \(SystemFailure.text(errno))")
            }
            if count == 0, result.isEmpty { return nil }
            guard count > 0, byte != UInt8(ascii: "\n") else { return result }
            guard result.count < limit else {
                throw CommandFailure(
                    .failed, "\(name) has more than \(Quantity.bytes(Int64(limit)))",
                    nextStep: "give something smaller")
            }
            result.append(byte)
        }
    }

    /// Opens a file for reading; "-" is standard input.
    static func open(_ path: String) throws(CommandFailure) -> Int32 {
        if path == "-" { return STDIN_FILENO }
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            throw CommandFailure(.failed, "cannot open \(path): \(SystemFailure.text(errno))")
        }
        return descriptor
    }

    static func close(_ descriptor: Int32) {
        if descriptor != STDIN_FILENO { Glibc.close(descriptor) }
    }
}
