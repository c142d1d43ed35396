public import VaultSeal
public import VaultStore

#if canImport(Glibc)
    import Glibc
#endif

/// Makes one archive of a store, as a stream of bytes: header, frames, footer.
///
/// SAFETY (class): used by one thread at a time, the one that runs `write`.
public final class ArchiveWriter: ArchiveSink {
    /// Takes the archive's next bytes; may wait, and throws `.closed` when nobody wants them.
    public typealias Output = (UnsafeRawBufferPointer) throws(StoreError) -> Void

    private let identity: ArchiveIdentity
    private let key: ArchiveKey
    private let output: Output
    private let headerChecksum: [UInt8]
    private var hash: ArchiveHash? = ArchiveHash()
    private var contentBytes: UInt64 = 0
    private var frames: UInt64 = 0
    private var recordCount: UInt64 = 0
    /// A frame in the making: its header, and the plaintext so far.
    private var frame: [UInt8] = []
    private var lastKept: (main: Int64, sub: UInt32) = (0, 0)
    private var kept: [UInt8] = []

    private init(
        _ identity: ArchiveIdentity, key: ArchiveKey, headerChecksum: [UInt8],
        output: @escaping Output
    ) {
        self.identity = identity
        self.key = key
        self.headerChecksum = headerChecksum
        self.output = output
        frame.reserveCapacity(ArchiveFormat.frameBytes + (64 << 10))
        beginFrame()
    }

    deinit { wipeFrame() }

    /// Writes an archive of `store` and returns its footer, which has been written, too.
    ///
    /// - Parameters:
    ///   - parent: the footer of the archive to continue, which the caller has verified; nil for
    ///     everything.
    ///   - audit: the number and the hash of the audit log's last line, asked at the end.
    ///   - willEnd: told the footer's digest before the footer leaves: an archive whose end a
    ///     client has is known to the vault.
    public static func write(
        _ store: Store, header: ArchiveHeader, keys: ArchiveKeys, parent: ArchiveFooter?,
        audit: () -> (sequence: UInt64, hash: [UInt8]), isCancelled: () -> Bool,
        willEnd: (ArchiveFooter) throws(StoreError) -> Void, to output: @escaping Output
    ) throws(StoreError) -> ArchiveFooter {
        let bytes = header.encode()
        let checksum = ArchiveHeader.checksum(of: bytes)
        let key = try archiveKey(keys, checksum, header.identity.keyNumber)
        let writer = ArchiveWriter(
            header.identity, key: key, headerChecksum: checksum, output: output)
        try writer.send(bytes)
        if let parent {
            let parentKey = try archiveKey(
                keys, parent.headerChecksum, parent.identity.keyNumber)
            try writer.sendParent(key.wrap(parentKey, number: 0))
        }
        var summary = try store.archive(
            after: header.identity.afterRevision, removals: parent?.removals ?? 0, to: writer,
            isCancelled: isCancelled)
        (summary.auditSequence, summary.auditHash) = audit()
        try writer.sendSummary(summary)
        let footer = try writer.footer(summary, keys)
        try willEnd(footer)
        try footer.encode().lend { (bytes) throws(StoreError) in try output(bytes) }
        return footer
    }

    private static func archiveKey(
        _ keys: ArchiveKeys, _ checksum: [UInt8], _ number: UInt32
    ) throws(StoreError) -> ArchiveKey {
        do throws(SealError) { return try keys.key(forHeader: checksum, parent: number) } catch {
            throw .storage("the archive's key cannot be made: \(error)")
        }
    }

    private func footer(
        _ summary: ArchiveSummary, _ keys: ArchiveKeys
    ) throws(StoreError) -> ArchiveFooter {
        guard let hash = hash.take() else { preconditionFailure("an archive ends once") }
        var footer = ArchiveFooter(
            identity: identity, headerChecksum: headerChecksum, digest: hash.finish(),
            contentBytes: contentBytes, lastRevision: summary.currentRevision,
            compactRevision: summary.compactRevision, recordCount: recordCount,
            removals: summary.removals, newestTime: summary.newestTime,
            auditSequence: summary.auditSequence)
        do throws(SealError) {
            footer.publicHalf = try keys.publicHalf(parent: identity.keyNumber)
            footer.signature = try keys.sign(
                footer.signedBytes, parent: identity.keyNumber
            ).signature
        } catch { throw .storage("the archive cannot be signed: \(error)") }
        return footer
    }

    // MARK: - Items

    public var isFull: Bool { frame.count + kept.count >= ArchiveFormat.frameBytes }

    public func kept(main: Int64, sub: UInt32) {
        // Revisions mostly follow one another: two bytes a record.
        putVariable(UInt64(main - lastKept.main), to: &kept)
        putVariable(UInt64(sub), to: &kept)
        lastKept = (main, sub)
    }

    private func putVariable(_ number: UInt64, to output: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(rest))
    }

    public func record(main: Int64, sub: UInt32, payload: UnsafeRawBufferPointer) {
        flushKept()
        frame.append(ArchiveFormat.Item.record.rawValue)
        append(main)
        append(sub)
        append(payload)
        recordCount += 1
    }

    public func lease(id: Int64, payload: UnsafeRawBufferPointer) {
        flushKept()
        frame.append(ArchiveFormat.Item.lease.rawValue)
        append(id)
        append(payload)
    }

    public func access(payload: UnsafeRawBufferPointer) {
        flushKept()
        frame.append(ArchiveFormat.Item.access.rawValue)
        append(payload)
    }

    private func flushKept() {
        guard !kept.isEmpty else { return }
        frame.append(ArchiveFormat.Item.kept.rawValue)
        kept.withUnsafeBytes { append($0) }
        kept.removeAll(keepingCapacity: true)
        lastKept = (0, 0)
    }

    private func append(_ number: some FixedWidthInteger & BitwiseCopyable) {
        withUnsafeBytes(of: number.littleEndian) { frame.append(contentsOf: $0) }
    }

    /// With its size before it.
    private func append(_ bytes: UnsafeRawBufferPointer) {
        append(UInt32(bytes.count))
        frame.append(contentsOf: bytes)
    }

    // MARK: - Frames

    public func flush() throws(StoreError) {
        flushKept()
        guard frame.count > ArchiveFormat.frameHeaderCount else { return }
        try sendFrame(.content)
    }

    private func beginFrame() {
        frame.append(contentsOf: repeatElement(0, count: ArchiveFormat.frameHeaderCount))
    }

    private func wipeFrame() {
        frame.withUnsafeMutableBytes { bytes in
            if let base = bytes.baseAddress { explicit_bzero(base, bytes.count) }
        }
        frame.removeAll(keepingCapacity: true)
    }

    private func sendSummary(_ summary: ArchiveSummary) throws(StoreError) {
        try flush()
        frame += summary.encode()
        try sendFrame(.last)
    }

    private func sendParent(_ wrapped: [UInt8]) throws(StoreError) {
        try send(Self.frameHeader(count: wrapped.count, .parent) + wrapped)
        frames += 1
    }

    private static func frameHeader(count: Int, _ kind: ArchiveKey.Frame) -> [UInt8] {
        var header = ArchiveBytes()
        header.put(UInt32(count))
        header.put(UInt32(kind.rawValue))
        return header.bytes
    }

    private func sendFrame(_ kind: ArchiveKey.Frame) throws(StoreError) {
        frame.append(contentsOf: repeatElement(0, count: ArchiveKey.tagCount))
        let header = Self.frameHeader(
            count: frame.count - ArchiveFormat.frameHeaderCount, kind)
        let (key, number) = (key, frames)
        frame.withUnsafeMutableBytes { bytes in
            bytes.copyBytes(from: header)
            key.encrypt(
                UnsafeMutableRawBufferPointer(rebasing: bytes[ArchiveFormat.frameHeaderCount...]),
                number: number, as: kind)
        }
        frames += 1
        try send(frame)
        // What is left is ciphertext.
        frame.removeAll(keepingCapacity: true)
        beginFrame()
    }

    private func send(_ bytes: [UInt8]) throws(StoreError) {
        contentBytes += UInt64(bytes.count)
        let output = output
        bytes.withUnsafeBytes { hash?.update($0) }
        try bytes.lend { (bytes) throws(StoreError) in try output(bytes) }
    }
}
