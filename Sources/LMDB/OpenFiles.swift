internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#endif

/// The directories that this process has open. LMDB takes a second open without a word, and then
/// closing one drops the file locks of both.
enum OpenFiles {
    struct Identity: Hashable, Sendable {
        var device: UInt64
        var inode: UInt64
    }

    private static let identities = Mutex<Set<Identity>>([])

    static func add(_ directory: String) throws(LMDBError) -> Identity {
        var status = stat()
        guard unsafe stat(directory, &status) == 0 else { throw .system(errno) }
        let identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        guard identities.withLock({ $0.insert(identity).inserted }) else { throw .inUse }
        return identity
    }

    static func remove(_ identity: Identity) {
        _ = identities.withLock { $0.remove(identity) }
    }
}
