/// What a running vaultd should be like.
public enum ProcessRules {
    /// - Parameter isUnsealed: it holds keys.
    public static func findings(
        _ facts: ProcessFacts, isUnsealed: Bool = false
    ) -> [Finding] {
        var findings = [user(facts), cores(facts), lockedMemory(facts, isUnsealed: isUnsealed)]
        if let capabilities = capabilities(facts) { findings.append(capabilities) }
        if let allowed = facts.noNewPrivileges {
            findings.append(
                allowed
                    ? Finding("new-privileges", .ok, "vaultd cannot gain privileges")
                    : Finding(
                        "new-privileges", .warning, "vaultd can gain privileges",
                        fix: "see its log: the kernel refused PR_SET_NO_NEW_PRIVS"))
        }
        findings.append(seccomp(facts))
        findings.append(unit(facts))
        if facts.isDumpable == true {
            findings.append(
                Finding(
                    "dumpable", .critical, "the memory of vaultd can be read by its own user",
                    fix: "see its log: the kernel refused PR_SET_DUMPABLE"))
        }
        return findings
    }

    /// What only the daemon itself knows.
    public static func findings(_ facts: SelfFacts) -> [Finding] {
        [
            facts.isDumpable
                ? Finding(
                    "dumpable", .critical, "the memory of vaultd can be read by its own user",
                    fix: "see its log: the kernel refused PR_SET_DUMPABLE")
                : Finding("dumpable", .ok, "the memory of vaultd is not for its own user"),
            newCode(facts), memoryKeys(facts), confinement(facts), loader(facts),
        ]
    }

    private static func user(_ facts: ProcessFacts) -> Finding {
        guard facts.userID == 0 else { return Finding("user", .ok, "vaultd is not root") }
        return Finding(
            "user", .warning, "vaultd runs as root: a mistake in it is a mistake of root's",
            fix: "give it a user of its own (User=vaultd in the unit), who owns the data directory")
    }

    private static func cores(_ facts: ProcessFacts) -> Finding {
        guard let limit = facts.coreBytesMax, limit > 0 else {
            return Finding("core-limit", .ok, "vaultd leaves no core")
        }
        return Finding(
            "core-limit", .warning, "vaultd may leave a core",
            fix: "set LimitCORE=0 in the unit")
    }

    private static func lockedMemory(_ facts: ProcessFacts, isUnsealed: Bool) -> Finding {
        let id = "locked-memory"
        let locked = facts.lockedBytes ?? 0
        if isUnsealed, facts.lockedBytes == 0 {
            return Finding(
                id, .critical, "vaultd is unsealed and has no memory locked: keys may be swapped",
                fix: "raise LimitMEMLOCK= in the unit and restart vaultd")
        }
        // 64 pages: several requests with credentials at once, each with guarded memory.
        let reserve: UInt64 = 256 << 10
        // Root, more exactly CAP_IPC_LOCK (bit 14), is not limited.
        let isExempt = (facts.capabilities ?? 0) >> 14 & 1 == 1
        if let limit = facts.lockedBytesMax, !isExempt, limit < locked + reserve {
            return Finding(
                id, .warning,
                "\(limit >> 10) KiB may be locked, \(locked >> 10) KiB are: keys that do not fit "
                    + "are refused",
                fix: "set LimitMEMLOCK=8M in the unit")
        }
        return Finding(id, .ok, "\(locked >> 10) KiB of memory are locked")
    }

    private static func capabilities(_ facts: ProcessFacts) -> Finding? {
        guard let capabilities = facts.capabilities, facts.userID != 0 else { return nil }
        guard capabilities != 0 else {
            return Finding("capabilities", .ok, "vaultd has no capabilities")
        }
        return Finding(
            "capabilities", .warning,
            "vaultd has capabilities that it does not need (\(String(capabilities, radix: 16)))",
            fix: "set CapabilityBoundingSet= and AmbientCapabilities= to nothing in the unit")
    }

    private static func seccomp(_ facts: ProcessFacts) -> Finding {
        guard facts.hasSeccomp == true else {
            return Finding(
                "seccomp", .info, "system calls of vaultd are not filtered",
                fix: "set SystemCallFilter=@system-service in the unit")
        }
        return Finding("seccomp", .ok, "system calls of vaultd are filtered")
    }

    private static func unit(_ facts: ProcessFacts) -> Finding {
        guard let unit = facts.unit else {
            return Finding(
                "unit", .info, "vaultd is in no service of systemd's, which would confine it more",
                fix: "run it from a unit")
        }
        return Finding("unit", .ok, "vaultd runs as \(unit)")
    }

    private static func newCode(_ facts: SelfFacts) -> Finding {
        switch facts.refusesNewCode {
        case .some(true): Finding("new-code", .ok, "memory of vaultd cannot be made code")
        case .some(false):
            Finding(
                "new-code", .warning, "memory of vaultd can be made code",
                fix: "see its log: the kernel refused PR_SET_MDWE")
        case nil:
            Finding(
                "new-code", .info, "memory of vaultd can be made code: Linux before 6.3",
                fix: "set MemoryDenyWriteExecute=yes in the unit")
        }
    }

    private static func loader(_ facts: SelfFacts) -> Finding {
        guard !facts.loaderVariables.isEmpty else {
            return Finding("loader", .ok, "vaultd was started with its own libraries alone")
        }
        let names = facts.loaderVariables.joined(separator: ", ")
        return Finding(
            "loader", .warning,
            "vaultd was started with \(names): code from there runs in it, and sees keys",
            fix: "take it out of the environment (systemctl show-environment, Environment= in the "
                + "unit) and restart vaultd")
    }

    private static func memoryKeys(_ facts: SelfFacts) -> Finding {
        facts.hasMemoryKeys
            ? Finding(
                "memory-keys", .ok,
                "keys cannot be read between uses, by vaultd's own mistakes either")
            : Finding(
                "memory-keys", .info,
                "keys can be read by a mistake of vaultd's: this CPU or kernel has no protection "
                    + "keys (pku)")
    }

    private static func confinement(_ facts: SelfFacts) -> Finding {
        switch facts.confinement {
        case .confined(let version):
            Finding(
                "confinement", .ok, "vaultd reaches its own files only (Landlock \(version))")
        case .unavailable:
            Finding(
                "confinement", .warning,
                "vaultd reaches every file that its user may: this kernel has no Landlock",
                fix: "enable Landlock (lsm=landlock,...), or set ProtectSystem=strict in the unit")
        case .failed(let why):
            Finding(
                "confinement", .warning, "vaultd reaches every file that its user may: \(why)",
                fix: "see its log")
        case .off:
            Finding(
                "confinement", .warning, "vaultd reaches every file that its user may",
                fix: "start it as the program that it is")
        }
    }
}
