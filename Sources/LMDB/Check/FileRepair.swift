#if canImport(Glibc)
    internal import Glibc
#endif

/// Goes back one commit after a power cut.
public enum FileRepair {
    /// Overwrites the newer meta page with the older one's content, so that LMDB takes up the older
    /// state. Only for a file whose newest commit was cut off before its sync, and whose previous
    /// one was checked in full.
    public static func dropNewestCommit(path: String) throws(FileDamage) {
        let metas = try PageReader(path: path).metas()
        let older: UInt64 = metas.0.transaction < metas.1.transaction ? 0 : 1
        let pageSize = metas.0.pageSize
        let descriptor = unsafe open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { close(descriptor) }
        // What lies behind the page header, which names the page's own number.
        var content = [UInt8](repeating: 0, count: FileMeta.byteCount)
        let count = content.count
        let source = Int(older) * pageSize + PageBuffer.headerCount
        let target = Int(1 - older) * pageSize + PageBuffer.headerCount
        let done = unsafe content.withUnsafeMutableBytes { bytes in
            unsafe pread(descriptor, bytes.baseAddress, count, off_t(source)) == count
                && pwrite(descriptor, bytes.baseAddress, count, off_t(target)) == count
        }
        guard done, fsync(descriptor) == 0 else { throw .system(errno) }
    }
}
