/// The calls of `BackupFiles` that can fail.
enum FileCall: CaseIterable {
    case create, open, lock, write, read, size, truncate, synchronize, rename, remove
    case synchronizeDirectory, names, freeBytes
}
