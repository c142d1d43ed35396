import VaultTestSupport

/// A line of `/proc/PID/smaps`, and what is said below it.
struct MemoryMapping {
    var start: UInt64
    var end: UInt64
    var permissions: String
    var name: String
    /// Pages of its own, whatever it was mapped from.
    var hasOwnPages = false
    var isLocked = false
    var isLeftOutOfCores = false
    var isWipedOnFork = false
    /// The number of its protection key; 0 is none.
    var protectionKey = 0

    /// libsodium's guarded memory: nothing else in vaultd is locked.
    var isGuarded: Bool { isLocked && permissions.hasPrefix("rw") }

    /// Nothing that the process wrote can be in pages that are a file's.
    var mayHoldSecrets: Bool {
        permissions.hasPrefix("r") && (hasOwnPages || permissions.hasPrefix("rw"))
            && name != "[vvar]" && name != "[vsyscall]"
    }

    static func all(of process: Int32) throws -> [MemoryMapping] {
        var mappings: [MemoryMapping] = []
        for line in try Files.text("/proc/\(process)/smaps").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let first = words.first else { continue }
            if !first.hasSuffix(":") {
                let ends = first.split(separator: "-").map { UInt64($0, radix: 16) ?? 0 }
                mappings.append(
                    MemoryMapping(
                        start: ends[0], end: ends[1], permissions: String(words[1]),
                        name: words.count > 5 ? String(words[5]) : ""))
                continue
            }
            let last = mappings.count - 1
            switch first {
            case "Anonymous:": mappings[last].hasOwnPages = words[1] != "0"
            case "ProtectionKey:": mappings[last].protectionKey = Int(words[1]) ?? 0
            case "VmFlags:":
                mappings[last].isLocked = words.contains("lo")
                mappings[last].isLeftOutOfCores = words.contains("dd")
                mappings[last].isWipedOnFork = words.contains("wf")
            default: break
            }
        }
        return mappings
    }
}
