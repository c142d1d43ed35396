/// The calls of `BackupFiles` that can fail.
enum FileCall: CaseIterable {
    case create, open, lock, write, read, size, isPrivate, truncate, synchronize, rename, remove
    case synchronizeDirectory, names, freeBytes
}
