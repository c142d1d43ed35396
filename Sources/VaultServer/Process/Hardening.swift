import CLinux
import Glibc

/// What a process that holds keys does about itself before anything else.
public enum Hardening {
    /// Applies every measure; returns what did not work, for the log. None is fatal: containers
    /// refuse some of them, and file modes and user ids still protect the vault.
    ///
    /// Call it on the first thread and before there is another: new threads inherit most of it.
    public static func apply() -> [String] {
        var failures: [String] = []
        // Files are private even where a mode was forgotten.
        umask(0o077)
        // Another process of this user could read keys with ptrace or from a core otherwise. What
        // was set is read back: a core that is piped to a program has no size limit, and then this
        // alone holds it off.
        if vault_set_not_dumpable() != 0 || vault_get_dumpable() != 0 {
            failures.append("memory stays readable to debuggers")
        }
        var noCore = rlimit(rlim_cur: 0, rlim_max: 0)
        if setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &noCore) != 0 {
            failures.append("core files stay possible")
        }
        if vault_set_no_new_privileges() != 0 || vault_get_no_new_privileges() != 1 {
            failures.append("privileges can still be gained")
        }
        // Injected bytes cannot be made code. EINVAL is a kernel before 6.3: doctor says so.
        if vault_refuse_new_code() != 0, errno != EINVAL {
            failures.append("memory can still be made code")
        }
        if !raiseLimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue)) {
            // Every connection is a descriptor, and the usual soft limit is 1,024.
            failures.append("the limit of open files stays low")
        }
        if !raiseLimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue)) {
            failures.append("the limit of locked memory stays low")
        }
        if !closeOnExec() {
            failures.append("inherited descriptors stay open in programs that are started")
        }
        return failures
    }

    /// Marks every descriptor but the standard streams so that no program that is started has it:
    /// those that were inherited (systemd's sockets are taken over later), and, once the event
    /// loops run, NIO's, which it opens without. False when the kernel refused.
    @discardableResult
    public static func closeOnExec() -> Bool {
        let closesOnExec: UInt32 = 1 << 2
        // The call came with Linux 5.9, this flag of it with 5.11.
        return vault_close_range(3, UInt32.max, closesOnExec) == 0 || errno == ENOSYS
            || errno == EINVAL
    }

    /// How many descriptors this process may have open.
    static var descriptorsMax: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        return Int(clamping: limit.rlim_cur)
    }

    private static func raiseLimit(_ resource: __rlimit_resource_t) -> Bool {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return false }
        limit.rlim_cur = limit.rlim_max
        return setrlimit(resource, &limit) == 0
    }
}
