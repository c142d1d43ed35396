import CLinux

/// Who may touch guarded memory: the thread that uses a secret, while it uses it.
///
/// All secrets are under one protection key of the CPU, to which no thread has a right (Linux
/// starts threads, and signal handlers, without). `SecretBytes` takes the right around each use
/// and gives back what there was before, so that uses may be nested and threads do not see each
/// other's. Threads inherit the rights of who starts them: nobody starts one inside a use. The
/// kernel honours the rights when it is handed such memory, but not for a debugger.
@usableFromInline
enum MemoryRights {
    /// One for the process: there are 15. Nil where the CPU or the kernel has none.
    static let key: Int32? = {
        let key = vault_protection_key()
        return key > 0 ? key : nil
    }()

    private static let refusesAll: UInt32 = 0b01
    private static let refusesWriting: UInt32 = 0b10

    /// Lets this thread read, and write when it could already; returns the rights before.
    @usableFromInline
    static func takeReading() -> UInt32 {
        guard let key else { return 0 }
        let before = vault_read_rights()
        let shift = UInt32(key) * 2
        // In a use that writes, one that reads leaves the right to write as it is.
        let isClosed = before >> shift & refusesAll != 0
        let open = before & ~(refusesAll << shift)
        vault_write_rights(isClosed ? open | refusesWriting << shift : open)
        return before
    }

    /// Lets this thread read and write; returns the rights before.
    @usableFromInline
    static func takeWriting() -> UInt32 {
        guard let key else { return 0 }
        let before = vault_read_rights()
        vault_write_rights(before & ~((refusesAll | refusesWriting) << (UInt32(key) * 2)))
        return before
    }

    /// Sets this thread's rights to what they were.
    @usableFromInline
    static func giveBack(_ before: UInt32) {
        guard key != nil else { return }
        vault_write_rights(before)
    }
}
