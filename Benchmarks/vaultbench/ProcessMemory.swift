import Glibc
import VaultTestSupport

/// What a process holds in memory, in bytes.
struct ProcessMemory {
    /// Heap and stacks: what only this process has.
    let anonymous: Int
    /// Resident pages of mapped files.
    let file: Int

    init(of process: pid_t) throws {
        let lines = try Files.text("/proc/\(process)/status").split(separator: "\n")
        func value(_ name: String) -> Int {
            let line = lines.first { $0.hasPrefix(name + ":") } ?? ""
            return (Int(line.filter(\.isNumber)) ?? 0) * 1024
        }
        anonymous = value("RssAnon")
        file = value("RssFile")
    }
}
