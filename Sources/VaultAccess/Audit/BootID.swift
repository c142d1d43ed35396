import Glibc

/// The kernel's random id of this boot (random(4)).
enum BootID {
    /// 16 bytes; zeros where /proc does not tell.
    static func read() -> [UInt8] {
        var text = [UInt8](repeating: 0, count: 36)
        let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [UInt8](repeating: 0, count: 16) }
        defer { close(descriptor) }
        let count = Glibc.read(descriptor, &text, text.count)
        let digits = text.prefix(max(count, 0)).filter { $0 != UInt8(ascii: "-") }
        var id = [UInt8](repeating: 0, count: 16)
        let isDone = digits.withUnsafeBytes { digits in
            id.withUnsafeMutableBytes { Hexadecimal.decode(digits, into: $0) }
        }
        return isDone ? id : [UInt8](repeating: 0, count: 16)
    }
}
