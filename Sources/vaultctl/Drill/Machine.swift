import Glibc

/// What a drill asks of the machine that it runs on.
enum Machine {
    /// Milliseconds since 1970.
    static func wallClock() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    static func host() -> String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        return text(name)
    }

    /// The file of this program.
    static func ownProgram() -> String {
        var path = [CChar](repeating: 0, count: 4_096)
        readlink("/proc/self/exe", &path, path.count - 1)
        return text(path)
    }

    /// The vaultd that lies beside this program.
    static func vaultd() -> String {
        let own = ownProgram()
        guard let slash = own.lastIndex(of: "/") else { return "/usr/bin/vaultd" }
        return own[..<slash] + "/vaultd"
    }

    private static func text(_ bytes: [CChar]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
