#if canImport(Glibc)
    internal import Glibc
#endif

/// Reads pages of a file into memory of its own, so that a file that shrinks meanwhile is an error
/// and not a signal. Thread-safe: `pread` has no position.
final class PageReader: Sendable {
    private let descriptor: Int32
    let fileBytes: Int
    private let pageSize: Int

    init(path: String) throws(FileDamage) {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw errno == ENOENT ? .missing : .system(errno) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw .system(code)
        }
        self.descriptor = descriptor
        fileBytes = Int(status.st_size)
        // Until a meta page says otherwise.
        var pageSize = 4096
        do throws(FileDamage) {
            pageSize = try Self.meta(descriptor, 0, pageSize: 4096, fileBytes: fileBytes).pageSize
        } catch {
            // The second look reports it; a failed initialiser must not leak the descriptor.
        }
        self.pageSize = pageSize
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Both meta pages. One that alone names another version was not written so.
    func metas() throws(FileDamage) -> (FileMeta, FileMeta) {
        let first = try meta(0, elsewhere: 1)
        let second = try meta(1, elsewhere: 0)
        guard first.pageSize == second.pageSize else {
            throw .page(1, "names another page size")
        }
        try Self.checkNumbers(first, second)
        return (first, second)
    }

    /// LMDB looks for commit n in the meta page n & 1 and nowhere else: what is checked here must
    /// be what it will read.
    private static func checkNumbers(
        _ first: FileMeta, _ second: FileMeta
    ) throws(FileDamage) {
        // Both are the same in a new file, and after the newest commit was dropped.
        if first == second { return }
        let newest: UInt64 = first.transaction > second.transaction ? 0 : 1
        guard first.transaction != second.transaction,
            max(first.transaction, second.transaction) & 1 == newest
        else { throw .page(newest, "bears a commit that belongs on the other meta page") }
    }

    /// Both meta pages; where damage is tolerated, one that can be read stands for both.
    func metas(tolerance: FileTolerance?) throws(FileDamage) -> (FileMeta, FileMeta) {
        do throws(FileDamage) { return try metas() } catch let error {
            guard let tolerance else { throw error }
            try tolerance.note(error)
            var newest: FileMeta?
            for number in 0...1 as ClosedRange<UInt64> {
                do throws(FileDamage) {
                    let meta = try Self.meta(
                        descriptor, number, pageSize: pageSize, fileBytes: fileBytes)
                    if meta.transaction >= newest?.transaction ?? 0 { newest = meta }
                } catch {
                    // The other one may do; if it does not, `error` says why.
                }
            }
            guard let newest else { throw error }
            return (newest, newest)
        }
    }

    private func meta(_ number: UInt64, elsewhere other: UInt64) throws(FileDamage) -> FileMeta {
        func read(_ number: UInt64) throws(FileDamage) -> FileMeta {
            try Self.meta(descriptor, number, pageSize: pageSize, fileBytes: fileBytes)
        }
        do throws(FileDamage) { return try read(number) } catch {
            guard case .unsupported = error else { throw error }
            // Throws the same when the other page agrees.
            _ = try read(other)
            throw .page(number, "names another version than the rest of the file")
        }
    }

    private static func meta(
        _ descriptor: Int32, _ number: UInt64, pageSize: Int, fileBytes: Int
    ) throws(FileDamage) -> FileMeta {
        let count = PageBuffer.headerCount + FileMeta.byteCount
        var bytes = [UInt8](repeating: 0, count: count)
        let got = unsafe bytes.withUnsafeMutableBytes {
            unsafe pread(descriptor, $0.baseAddress, count, off_t(number) * off_t(pageSize))
        }
        guard got >= 0 else { throw .system(errno) }
        guard got == count else { throw .tooShort(bytes: fileBytes) }
        let result: Result<FileMeta, FileDamage> = unsafe bytes.withUnsafeBytes { bytes in
            do throws(FileDamage) {
                return .success(try FileMeta(unsafe PageBuffer(bytes: bytes), number: number))
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    func withPage<R, E: Error>(
        _ number: UInt64, failure: (FileDamage) -> E, _ body: (PageBuffer) throws(E) -> R
    ) throws(E) -> R {
        try withPages(number, count: 1, failure: failure, body)
    }

    /// Hands over `count` consecutive pages.
    func withPages<R, E: Error>(
        _ first: UInt64, count: Int, failure: (FileDamage) -> E,
        _ body: (PageBuffer) throws(E) -> R
    ) throws(E) -> R {
        let bytes = count * pageSize
        let (start, overflows) = Int(clamping: first).multipliedReportingOverflow(by: pageSize)
        guard !overflows, start <= fileBytes - bytes else {
            throw failure(.tooShort(bytes: fileBytes))
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 16)
        defer { unsafe buffer.deallocate() }
        var done = 0
        while done < bytes {
            let got = unsafe pread(
                descriptor, buffer.baseAddress.map { unsafe $0 + done }, bytes - done,
                off_t(start + done))
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw failure(.system(errno)) }
            guard got > 0 else { throw failure(.tooShort(bytes: fileBytes)) }
            done += got
        }
        return try body(unsafe PageBuffer(bytes: UnsafeRawBufferPointer(buffer)))
    }
}
