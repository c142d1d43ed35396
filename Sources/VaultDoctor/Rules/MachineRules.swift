/// What the machine should be like for a process that keeps keys.
public enum MachineRules {
    /// - Parameter process: the daemon, when it runs; swapping and cores can be off for it alone.
    public static func findings(
        _ facts: MachineFacts, process: ProcessFacts? = nil
    ) -> [Finding] {
        [
            swap(facts, process), hibernation(facts), corePattern(facts), suidDumpable(facts),
            ptraceScope(facts), preload(facts), addresses(facts), kernel(facts), clock(facts),
        ]
    }

    private static func swap(_ facts: MachineFacts, _ process: ProcessFacts?) -> Finding {
        let onDisk = facts.swaps.filter { $0.medium == .plain }
        guard !onDisk.isEmpty else {
            let what = facts.swaps.isEmpty ? "swap is off" : "no swap is written to a disk as it is"
            return Finding("swap", .ok, what)
        }
        if process?.swapBytesMax == 0 {
            return Finding("swap", .ok, "swap is on, and off for vaultd (MemorySwapMax=0)")
        }
        let paths = onDisk.map(\.path).joined(separator: ", ")
        return Finding(
            "swap", .warning,
            "swap is on and not encrypted: \(paths); keys are locked, values in buffers are not",
            fix: "set MemorySwapMax=0 in the unit of vaultd, or encrypt the swap, or swapoff -a")
    }

    private static func hibernation(_ facts: MachineFacts) -> Finding {
        let isWritten = facts.swaps.contains { $0.medium == .plain }
        guard facts.canHibernate, isWritten else {
            return Finding("hibernation", .ok, "memory is not written to a disk for hibernation")
        }
        return Finding(
            "hibernation", .warning,
            "the machine can hibernate to a swap that is not encrypted: keys would be in it",
            fix: "systemctl mask hibernate.target hybrid-sleep.target, or encrypt the swap")
    }

    private static func corePattern(_ facts: MachineFacts) -> Finding {
        guard facts.corePattern.hasPrefix("|") else {
            return Finding("core-pattern", .ok, "cores are files, whose size is limited to none")
        }
        let program = facts.corePattern.dropFirst().split(separator: " ").first ?? ""
        return Finding(
            "core-pattern", .info,
            "cores are piped to \(program), which no limit holds off; vaultd is not dumpable, and "
                + "that does")
    }

    private static func suidDumpable(_ facts: MachineFacts) -> Finding {
        guard facts.suidDumpable == 1 else {
            return Finding("suid-dumpable", .ok, "programs that gain privileges leave no core")
        }
        return Finding(
            "suid-dumpable", .warning,
            "fs.suid_dumpable is 1: programs that gain privileges can be dumped by their users",
            fix: "sysctl fs.suid_dumpable=0")
    }

    private static func ptraceScope(_ facts: MachineFacts) -> Finding {
        switch facts.ptraceScope {
        case .some(1...):
            Finding("ptrace-scope", .ok, "processes of one user may not attach to each other")
        case .some:
            Finding(
                "ptrace-scope", .info,
                "processes of one user may attach to each other: a client that got a secret can "
                    + "be read by the others (vaultd itself cannot)",
                fix: "sysctl kernel.yama.ptrace_scope=1")
        case nil:
            Finding(
                "ptrace-scope", .info,
                "this kernel has no Yama, which keeps processes of one user from attaching to "
                    + "each other")
        }
    }

    private static func preload(_ facts: MachineFacts) -> Finding {
        guard facts.preloadsLibraries else {
            return Finding("preload", .ok, "no library is loaded into every program")
        }
        return Finding(
            "preload", .warning,
            "/etc/ld.so.preload has libraries loaded into every program, vaultd too, where they "
                + "see keys",
            fix: "find out who wrote it; empty it, and restart vaultd")
    }

    private static func addresses(_ facts: MachineFacts) -> Finding {
        guard let level = facts.addressRandomization, level < 2 else {
            return Finding("addresses", .ok, "places in memory are not to be guessed")
        }
        return Finding(
            "addresses", .warning,
            "kernel.randomize_va_space is \(level): where things are in memory can be guessed",
            fix: "sysctl kernel.randomize_va_space=2, and restart vaultd")
    }

    private static func kernel(_ facts: MachineFacts) -> Finding {
        let version = "\(facts.kernelMajor).\(facts.kernelMinor)"
        func isBefore(_ major: Int, _ minor: Int) -> Bool {
            (facts.kernelMajor, facts.kernelMinor) < (major, minor)
        }
        if isBefore(5, 19) {
            let pidfd = isBefore(5, 3) ? "; services are not recognised (pidfd, 5.3)" : ""
            return Finding(
                "kernel", .warning,
                "Linux \(version) cannot confine vaultd (Landlock, 5.19)\(pidfd)",
                fix: "install Linux 6.5 or newer")
        }
        guard isBefore(6, 5) else {
            return Finding("kernel", .ok, "Linux \(version) has all that vaultd uses")
        }
        let code = isBefore(6, 3) ? "; memory can be made code (MDWE, 6.3)" : ""
        return Finding(
            "kernel", .info,
            "Linux \(version) does not tell which process a caller is (SO_PEERPIDFD, 6.5): its "
                + "number is looked up instead\(code)")
    }

    private static func clock(_ facts: MachineFacts) -> Finding {
        // The years 2025 to 2100.
        guard (1_735_689_600..<4_102_444_800).contains(facts.now) else {
            return Finding(
                "clock", .critical,
                "the clock says \(facts.now) seconds since 1970, which cannot be: times in the "
                    + "audit log are wrong",
                fix: "set the clock, and have it kept (timedatectl set-ntp true)")
        }
        if facts.isClockKept == false {
            return Finding(
                "clock", .info,
                "nothing keeps the clock in step with others (NTP): times in the audit log and "
                    + "the ages of backups are as good as it is",
                fix: "timedatectl set-ntp true")
        }
        return Finding("clock", .ok, "the clock is plausible")
    }
}
