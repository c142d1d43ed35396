import Glibc
import VaultSeal

extension DataDirectory {
    /// What the directory says of itself; nil when no vault was made in it yet. Throws
    /// `.incomplete` where `CURRENT` or the keyring alone is gone: that is no new vault.
    func current() throws(DataDirectoryError) -> CurrentFile? {
        let current: CurrentFile?
        do throws(SealError) {
            current = try CurrentFile.read(in: path)
        } catch {
            throw failure(of: error, at: .current)
        }
        if let current {
            guard contains(.keyring) else { throw .incomplete(path: path(of: .keyring)) }
            return current
        }
        // An init that was cut off left its mark and is begun anew. Without the mark the keys may
        // be of records that somebody still wants.
        if contains(.keyring), !contains(.unfinished) {
            throw .incomplete(path: path(of: .current))
        }
        return nil
    }

    /// Marks the directory as one whose init is under way, and removes what an earlier one left.
    func beginInit() throws(DataDirectoryError) {
        if contains(.unfinished) {
            for leftover in [DataDirectoryFile.keyring, .records, .readers, .running] {
                try remove(leftover)
            }
        }
        let mark = path(of: .unfinished)
        let descriptor = open(mark, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(path: mark, operation: "open", errno: errno) }
        close(descriptor)
        try syncDirectory()
    }

    /// Makes the directory a vault, durably.
    func finishInit(_ current: CurrentFile) throws(DataDirectoryError) {
        do throws(SealError) {
            try current.write(in: path)
        } catch {
            throw failure(of: error, at: .current)
        }
        // Beside `CURRENT` the mark means nothing, so it may stay when this fails.
        unlink(path(of: .unfinished))
    }

    private func remove(_ file: DataDirectoryFile) throws(DataDirectoryError) {
        guard unlink(path(of: file)) == 0 || errno == ENOENT else {
            throw .system(path: path(of: file), operation: "unlink", errno: errno)
        }
    }

    private func failure(of error: SealError, at file: DataDirectoryFile) -> DataDirectoryError {
        let path = path(of: file)
        return switch error {
        case .damaged(let what): .damaged(path: path, what: what)
        case .unsupportedFormat(let version):
            .unsupportedFormat(path: path, version: version)
        case .system(let number, let operation):
            .system(path: path, operation: operation, errno: number)
        case .notInitialized, .alreadyInitialized, .wrongKey, .unknownDataKey, .noSlotOfThatKind,
            .unsafeParameters, .invalidSlot, .noSuchSlot, .lastSlot, .slotNeedsItsCredential,
            .unprovenSlot, .dataKeyInUse, .closed, .memory:
            .damaged(path: path, what: "\(error)")
        }
    }

    private func syncDirectory() throws(DataDirectoryError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path: path, operation: "open", errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw .system(path: path, operation: "sync", errno: errno)
        }
    }
}
