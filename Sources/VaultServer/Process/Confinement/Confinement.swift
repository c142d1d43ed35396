import CLinux
import Glibc

/// Takes from this process what it does not need, with Landlock: all files but those of a plan, the
/// network, and signals to others. It cannot be taken back.
public enum Confinement: Equatable, Sendable {
    /// By this version of Landlock.
    case confined(version: Int)
    /// The kernel has no Landlock (of Linux 5.19), or it is off. File modes alone protect the rest
    /// of the machine.
    case unavailable
    /// It could not be done.
    case failed(operation: String, errno: Int32)
    /// Not asked for.
    case off

    /// What `apply` can do here, without doing it.
    static var available: Confinement {
        let version = Int(vault_landlock_version())
        return version >= versionMin ? .confined(version: version) : .unavailable
    }

    /// Version 1 lets no file move between directories, which a defragmentation does at its end.
    private static let versionMin = 2

    /// For the log, when something was asked for and is not.
    public var weaknesses: [String] {
        switch self {
        case .confined, .off, .unavailable: []
        case .failed(let operation, let number):
            ["it is not confined: landlock: \(operation): \(systemErrorText(number))"]
        }
    }

    /// Confines the calling thread and those that it starts. Call it while there is no other one,
    /// and after `Hardening.apply`: the kernel wants a process that gains no privileges.
    ///
    /// Paths that do not exist are left out.
    public static func apply(_ plan: ConfinementPlan) -> Confinement {
        let version = Int(vault_landlock_version())
        guard version >= versionMin else { return .unavailable }
        if let directory = plan.ownDirectory, mkdir(directory, 0o700) != 0, errno != EEXIST {
            // The data directory says better what is wrong.
            return .failed(operation: "mkdir \(directory)", errno: errno)
        }
        let known = FileRights.known(toVersion: version)
        // Version 4 knows TCP (bind, connect), version 6 signals to processes outside.
        let network: UInt64 = version >= 4 ? 0b11 : 0
        let scopes: UInt64 = version >= 6 ? 0b10 : 0
        let words = version >= 6 ? 3 : version >= 4 ? 2 : 1
        let rules = vault_landlock_create(
            known.rawValue, network, scopes, words * MemoryLayout<UInt64>.size)
        guard rules >= 0 else { return .failed(operation: "create", errno: errno) }
        defer { close(rules) }
        for rule in plan.rules {
            if let number = allow(rule, known, in: rules) {
                return .failed(operation: "allow \(rule.path)", errno: number)
            }
        }
        guard vault_landlock_restrict(rules) == 0 else {
            return .failed(operation: "restrict", errno: errno)
        }
        return .confined(version: version)
    }

    /// The error number of a failure.
    private static func allow(
        _ rule: PathRule, _ known: FileRights, in rules: Int32
    ) -> Int32? {
        let path = vault_open_path(rule.path)
        guard path >= 0 else {
            return errno == ENOENT || errno == EACCES || errno == ENOTDIR ? nil : errno
        }
        defer { close(path) }
        var status = stat()
        guard fstat(path, &status) == 0 else { return errno }
        var rights = rule.rights.intersection(known)
        if status.st_mode & S_IFMT != S_IFDIR { rights.formIntersection(.ofFiles) }
        return vault_landlock_allow(rules, rights.rawValue, path) == 0 ? nil : errno
    }
}
