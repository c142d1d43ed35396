import CLinux
import CWipe
import Glibc

/// What a program that handles secrets asks of the system before anything else.
enum ProcessSetup {
    static func apply() {
        // A write to a pipe whose reader went away is answered with EPIPE, which the output and
        // the connection handle; the signal would end the program inside of a terminal prompt.
        signal(SIGPIPE, SIG_IGN)
        // The same for a limit of file sizes: a restore that meets it takes back what it wrote.
        signal(SIGXFSZ, SIG_IGN)
        // Memory given back to the heap is overwritten: protocol buffers leave copies of secrets
        // that cannot be wiped one by one.
        _ = vault_wipes_freed_memory()
        // No core dumps, and no other process of the same user may read this one's memory.
        _ = vault_set_not_dumpable()
    }

    /// Lets other programs run and use the disk first; for the calling thread and those that it
    /// starts. Where the system does not let us, the command is only less polite.
    static func standBack() {
        _ = vault_stand_back_from_disk()
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
    }
}
