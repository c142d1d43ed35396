import CLinux
import Glibc

/// What a process that holds keys does about itself before anything else.
public enum Hardening {
    /// Applies every measure; returns what did not work, for the log. None is fatal: containers
    /// refuse some of them, and file modes and user ids still protect the vault.
    public static func apply() -> [String] {
        var failures: [String] = []
        // Files are private even where a mode was forgotten.
        umask(0o077)
        // Another process of this user could read keys with ptrace or from a core otherwise.
        if vault_set_not_dumpable() != 0 { failures.append("memory stays readable to debuggers") }
        var noCore = rlimit(rlim_cur: 0, rlim_max: 0)
        if setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &noCore) != 0 {
            failures.append("core files stay possible")
        }
        if vault_set_no_new_privileges() != 0 { failures.append("privileges can still be gained") }
        // Values pass through buffers that nobody wipes by hand; freeing them overwrites them.
        if vault_overwrite_freed_memory() != 1 {
            failures.append("freed memory is not overwritten")
        }
        if !raiseDescriptorLimit() { failures.append("the limit of open files stays low") }
        return failures
    }

    /// Every connection is a descriptor, and the usual soft limit is 1,024.
    private static func raiseDescriptorLimit() -> Bool {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return false }
        limit.rlim_cur = limit.rlim_max
        return setrlimit(resource, &limit) == 0
    }
}
