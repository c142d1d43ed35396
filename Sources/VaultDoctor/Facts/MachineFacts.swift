import CLinux
import Glibc

/// What is true of the machine, whoever runs on it.
public struct MachineFacts: Equatable, Sendable {
    public var swaps: [SwapSpace] = []
    /// `kernel.core_pattern`.
    public var corePattern = "core"
    /// `fs.suid_dumpable`; nil when it cannot be read.
    public var suidDumpable: Int? = 0
    /// Yama's `ptrace_scope`; nil without Yama.
    public var ptraceScope: Int? = 1
    /// Memory can be written to the disk as a whole.
    public var canHibernate = false
    /// `/etc/ld.so.preload` names libraries, which every program loads.
    public var preloadsLibraries = false
    /// `kernel.randomize_va_space`; nil when it cannot be read.
    public var addressRandomization: Int? = 2
    /// Something keeps the clock in step with others; nil when the kernel does not say.
    public var isClockKept: Bool? = true
    /// "6.18.44-fc" -> (6, 18)
    public var kernelMajor = 6
    public var kernelMinor = 18
    /// Seconds since 1970.
    public var now: Int64 = 1_800_000_000

    public init() {}

    /// Looks at this machine.
    public static func read() -> MachineFacts {
        var facts = MachineFacts()
        facts.swaps = SwapSpace.read()
        facts.corePattern = SmallFile.text("/proc/sys/kernel/core_pattern") ?? ""
        facts.suidDumpable = SmallFile.number("/proc/sys/fs/suid_dumpable")
        facts.ptraceScope = SmallFile.number("/proc/sys/kernel/yama/ptrace_scope")
        let states = (SmallFile.text("/sys/power/state") ?? "").split(separator: " ")
        let modes = SmallFile.text("/sys/power/disk") ?? "[disabled]"
        facts.canHibernate = states.contains("disk") && !modes.contains("[disabled]")
        let release = SmallFile.text("/proc/sys/kernel/osrelease") ?? ""
        (facts.kernelMajor, facts.kernelMinor) = version(release)
        facts.now = Int64(time(nil))
        let preload = SmallFile.text("/etc/ld.so.preload") ?? ""
        facts.preloadsLibraries = preload.contains { !$0.isWhitespace }
        facts.addressRandomization = SmallFile.number("/proc/sys/kernel/randomize_va_space")
        let isKept = vault_clock_is_kept()
        facts.isClockKept = isKept < 0 ? nil : isKept == 1
        return facts
    }

    static func version(_ release: String) -> (Int, Int) {
        let numbers = release.split(whereSeparator: { !$0.isNumber }).prefix(2).map {
            Int($0) ?? 0
        }
        return (numbers.first ?? 0, numbers.count > 1 ? numbers[1] : 0)
    }
}
