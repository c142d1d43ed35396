public import VaultSeal
public import VaultStore

/// Makes one archive of a store, as a stream of bytes: header, frames, footer. It gathers records
/// into frames; a `FrameSealer` does the rest beside it.
///
/// SAFETY (class): used by one thread at a time, the one that runs `write`.
public final class ArchiveWriter: ArchiveSink {
    /// Takes the archive's next bytes, on a thread of the archive's; may wait, and throws `.closed`
    /// when nobody wants them.
    public typealias Output = @Sendable (UnsafeRawBufferPointer) throws(StoreError) -> Void

    /// Hands over lines of the audit log behind a number up to another: whole lines that follow
    /// one another, with the number of the first.
    public typealias AuditSource = (
        _ after: UInt64, _ upTo: UInt64,
        _ take: (_ first: UInt64, _ lines: UnsafeRawBufferPointer) throws(StoreError) -> Void
    ) throws(StoreError) -> Void

    private let sealer: FrameSealer
    /// The thread stands back behind whoever reads and writes the vault.
    private var scheduling = IdleScheduling(patience: BackupLimits.framePatience)
    /// When the first record came into `frame`: waiting for it is no work of the thread.
    private var frameStart: Int64?
    private var frame: FrameBuffer {
        didSet { lent = .passUnretained(frame) }
    }
    /// `frame`, without a reference that is counted for each record.
    ///
    /// SAFETY: used by methods that do not change `frame`, which holds it.
    private var lent: Unmanaged<FrameBuffer>
    private var recordCount: UInt64 = 0
    private var lastKept: (main: Int64, sub: UInt32) = (0, 0)
    private var kept: [UInt8] = []

    private init(_ sealer: FrameSealer) {
        self.sealer = sealer
        frame = sealer.makeBuffer()
        lent = .passUnretained(frame)
    }

    /// Writes an archive of `store` and returns its footer, which has been written, too.
    ///
    /// - Parameters:
    ///   - parent: the footer of the archive to continue, which the caller has verified; nil for
    ///     everything.
    ///   - audit: the number and the hash of the audit log's last line, asked at the end.
    ///   - auditLines: hands over the log's lines behind one number, up to another, where the
    ///     archive is to have them.
    ///   - willEnd: told the footer's digest before the footer leaves: an archive whose end a
    ///     client has is known to the vault.
    public static func write(
        _ store: Store, header: ArchiveHeader, keys: ArchiveKeys, parent: ArchiveFooter?,
        audit: () -> (sequence: UInt64, hash: [UInt8]), auditLines: AuditSource? = nil,
        isCancelled: () -> Bool,
        willEnd: (ArchiveFooter) throws(StoreError) -> Void, to output: @escaping Output
    ) throws(StoreError) -> ArchiveFooter {
        let bytes = header.encode()
        let checksum = ArchiveHeader.checksum(of: bytes)
        let key = try archiveKey(keys, checksum, header.identity.keyNumber)
        let parentKey = try parent.map { (parent) throws(StoreError) in
            key.wrap(
                try archiveKey(keys, parent.headerChecksum, parent.identity.keyNumber), number: 0)
        }
        let sealer = FrameSealer(key: key, header: bytes, output: output)
        defer { sealer.cancel() }
        let writer = ArchiveWriter(sealer)
        if let parentKey { try writer.send(parentKey, as: .parent) }
        var summary = try store.archive(
            after: header.identity.afterRevision, removals: parent?.removals ?? 0, to: writer,
            isCancelled: isCancelled)
        (summary.auditSequence, summary.auditHash) = audit()
        if header.identity.hasAudit, let auditLines {
            let known = parent.flatMap { $0.identity.hasAudit ? $0.auditSequence : nil }
            try auditLines(known ?? 0, summary.auditSequence) { (first, lines) throws(StoreError) in
                if isCancelled() { throw .closed }
                try writer.audit(first: first, lines)
            }
        }
        try writer.flush()
        try writer.send(summary.encode(), as: .last)
        var footer = ArchiveFooter(
            identity: header.identity, headerChecksum: checksum, summary: summary,
            recordCount: writer.recordCount)
        (footer.digest, footer.contentBytes) = try sealer.finish()
        try sign(&footer, keys)
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

    private static func sign(
        _ footer: inout ArchiveFooter, _ keys: ArchiveKeys
    ) throws(StoreError) {
        let number = footer.identity.keyNumber
        do throws(SealError) {
            footer.publicHalf = try keys.publicHalf(parent: number)
            footer.signature = try keys.sign(footer.signedBytes, parent: number).signature
        } catch { throw .storage("the archive cannot be signed: \(error)") }
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

    public func record(
        main: Int64, sub: UInt32, countMax: Int,
        _ write: (UnsafeMutableRawBufferPointer) throws(StoreError) -> Int
    ) throws(StoreError) {
        flushKept()
        if frameStart == nil { frameStart = Monitor.now() }
        let head = Self.recordHeadCount
        let output = lent._withUnsafeGuaranteedRef { $0.room(for: head + countMax) }
        let count = try write(UnsafeMutableRawBufferPointer(rebasing: output[head...]))
        output[0] = ArchiveFormat.Item.record.rawValue
        output.storeBytes(of: main.littleEndian, toByteOffset: 1, as: Int64.self)
        output.storeBytes(of: sub.littleEndian, toByteOffset: 9, as: UInt32.self)
        output.storeBytes(of: UInt32(count).littleEndian, toByteOffset: 13, as: UInt32.self)
        lent._withUnsafeGuaranteedRef { $0.extend(by: head + count) }
        recordCount += 1
        if recordCount.isMultiple(of: Self.recordsAtOnce) { scheduling.giveWay() }
    }

    /// Before a record's payload: what it is, its place, its size.
    private static let recordHeadCount = 17
    private static let recordsAtOnce: UInt64 = 32

    public func lease(id: Int64, payload: UnsafeRawBufferPointer) {
        flushKept()
        frame.append(ArchiveFormat.Item.lease.rawValue)
        frame.append(id)
        append(payload)
    }

    public func access(payload: UnsafeRawBufferPointer) {
        flushKept()
        frame.append(ArchiveFormat.Item.access.rawValue)
        append(payload)
    }

    private func audit(
        first: UInt64, _ lines: UnsafeRawBufferPointer
    ) throws(StoreError) {
        frame.append(ArchiveFormat.Item.audit.rawValue)
        frame.append(first)
        append(lines)
        if isFull { try flush() }
    }

    private func flushKept() {
        guard !kept.isEmpty else { return }
        frame.append(ArchiveFormat.Item.kept.rawValue)
        kept.withUnsafeBytes { append($0) }
        kept.removeAll(keepingCapacity: true)
        lastKept = (0, 0)
    }

    /// With its size before it.
    private func append(_ bytes: UnsafeRawBufferPointer) {
        frame.append(UInt32(bytes.count))
        frame.append(bytes)
    }

    // MARK: - Frames

    public func flush() throws(StoreError) {
        flushKept()
        guard !frame.isEmpty else { return }
        try sendFrame(.content)
    }

    private func send(_ content: [UInt8], as kind: ArchiveKey.Frame) throws(StoreError) {
        content.withUnsafeBytes { frame.append($0) }
        try sendFrame(kind)
    }

    private func sendFrame(_ kind: ArchiveKey.Frame) throws(StoreError) {
        if let frameStart { scheduling.note(nanoseconds: Monitor.now() - frameStart) }
        frameStart = nil
        try sealer.send(frame, as: kind)
        frame = sealer.makeBuffer()
    }
}
