import Glibc

/// What the kernel says of a process. What it does not say to whoever asks is nil.
public struct ProcessFacts: Equatable, Sendable {
    public var processID: Int32 = 0
    public var userID: UInt32?
    public var noNewPrivileges: Bool?
    public var hasSeccomp: Bool?
    /// `CapEff`, as the kernel's bits.
    public var capabilities: UInt64?
    /// Bytes that are locked, and how many may be (nil in `lockedMax` too: no limit is `.max`).
    public var lockedBytes: UInt64?
    public var lockedBytesMax: UInt64?
    public var coreBytesMax: UInt64?
    /// Whether its memory may be dumped and looked at by its own user. The owner of its files in
    /// /proc is root when not, so nothing can be told of a process of root's from outside.
    public var isDumpable: Bool?
    /// The service of systemd's that it belongs to: "vaultd.service".
    public var unit: String?
    /// What its control group may swap: 0 is nothing, nil is not limited or not known.
    public var swapBytesMax: UInt64?

    public init() {}

    /// Looks at a process; nil when there is none.
    public static func read(_ processID: Int32) -> ProcessFacts? {
        let directory = "/proc/\(processID)"
        guard let status = SmallFile.text(directory + "/status") else { return nil }
        var facts = ProcessFacts(status: status, limits: SmallFile.text(directory + "/limits"))
        facts.processID = processID
        facts.isDumpable = dumpable(directory, userID: facts.userID)
        let groups = SmallFile.text(directory + "/cgroup") ?? ""
        let group = groups.split(separator: "\n").first { $0.hasPrefix("0::") }?.dropFirst(3)
        let steps = group.map { $0.split(separator: "/").map(String.init) } ?? []
        facts.unit = steps.first { $0.hasSuffix(".service") }
        facts.swapBytesMax = swapBytesMax(steps)
        return facts
    }

    /// Parses `/proc/PID/status` and `/proc/PID/limits`.
    init(status: String, limits: String?) {
        var fields: [Substring: [Substring]] = [:]
        for line in status.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
            if let name = words.first { fields[name] = Array(words.dropFirst()) }
        }
        // Real, effective, saved, of files.
        userID = fields["Uid:"]?.dropFirst().first.flatMap { UInt32($0) }
        noNewPrivileges = fields["NoNewPrivs:"]?.first.map { $0 == "1" }
        hasSeccomp = fields["Seccomp:"]?.first.map { $0 != "0" }
        capabilities = fields["CapEff:"]?.first.flatMap { UInt64($0, radix: 16) }
        lockedBytes = fields["VmLck:"]?.first.flatMap { UInt64($0) }.map { $0 << 10 }
        lockedBytesMax = Self.limit("Max locked memory", in: limits)
        coreBytesMax = Self.limit("Max core file size", in: limits)
    }

    /// The soft limit of a line of `/proc/PID/limits`.
    private static func limit(_ name: String, in limits: String?) -> UInt64? {
        guard let line = limits?.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
            let word = line.dropFirst(name.count).split(separator: " ").first
        else { return nil }
        return word == "unlimited" ? .max : UInt64(word)
    }

    private static func dumpable(_ directory: String, userID: UInt32?) -> Bool? {
        var status = stat()
        guard let userID, userID != 0, stat(directory + "/environ", &status) == 0 else {
            return nil
        }
        return status.st_uid == userID
    }

    /// The smallest limit of the group and those around it (cgroup v2).
    private static func swapBytesMax(_ steps: [String]) -> UInt64? {
        var smallest: UInt64?
        for count in 0...steps.count {
            let path = steps.prefix(count).map { "/" + $0 }.joined()
            let text = SmallFile.text("/sys/fs/cgroup\(path)/memory.swap.max")
            if let text, let bytes = UInt64(text) { smallest = min(smallest ?? .max, bytes) }
        }
        return smallest
    }
}
