import Glibc
import VaultSeal

/// The log behind its lock: files, chain and state. Every call is handed the time.
struct AuditWriter: ~Copyable {
    let disk: AuditDisk
    let settings: AuditSettings
    let storeID: StoreID
    let bootID = BootID.read()

    var state = AuditState.writing
    var chain: AuditChain
    /// The file that lines go to; nil when it could not be begun.
    var file: AuditFile?
    var headFile: AuditFile?
    var space: AuditSpace
    var firstSequence: UInt64 = 1
    var size: Int64 = 0
    var begun: Int64 = 0
    var authenticated = AuditChain.Point()
    var authenticatedMAC = [UInt8](repeating: 0, count: AuditKeys.digestCount)
    /// What the head says of the store.
    var authenticatedRevision: Int64?
    var keys: AuditKeys?
    /// What the head said before this process wrote to it; nil where there was none.
    var headFound: AuditHead?
    /// Whether that was held against what the store remembers.
    var isCompared = false
    /// The newest revision of the store that is known to be on the disk; nil before an unseal.
    var newestRevision: Int64?
    /// Requests that were refused and have no line.
    var refusedCount = 0
    /// A failed write left bytes that could not be cut off, so the file must not be gone on with.
    var isTorn = false
    /// What was done to the files, until a line says so.
    var pendingTrouble: AuditTrouble?
    /// Whether every line is on the disk.
    var isSynchronized = true
    /// When lines were last synchronized.
    var synchronizedAt: Int64 = .min
    /// So many of the file's bytes are on their way to the disk, or there. Whole pages.
    var writingBegun: Int64 = 0
    var writingBegunAt: Int64 = .min
    /// A rotation that failed is not tried again before this time.
    var nextRotation: Int64 = .min
    private var output = LineBuffer(capacity: 64 << 10)
    private var headBytes = LineBuffer(capacity: AuditHead.byteCount)
    private var notes = AuditBatch(keyNames: .plain)

    init(
        disk: AuditDisk, settings: AuditSettings, storeID: StoreID, after point: AuditChain.Point
    ) {
        self.disk = disk
        self.settings = settings
        self.storeID = storeID
        chain = AuditChain(after: point)
        space = AuditSpace(reserveBytes: settings.reserveBytes)
    }

    /// Writes what the state lets through of the batch, which is empty afterwards in every case.
    mutating func write(_ batch: inout AuditBatch, now: Int64) throws(AuditError) {
        guard !batch.isEmpty else { return }
        defer { batch.removeAll() }
        if state == .reserveOnly { recoverSpace(now: now) }
        var refusal = filter(&batch)
        guard !batch.isEmpty else {
            if let refusal { throw refusal }
            return
        }
        rotateIfDue(adding: batch.byteCountMax, now: now)
        if state == .writing, !makeRoom(batch.byteCountMax) {
            state = .reserveOnly
            refusal = filter(&batch)
        }
        if !batch.isEmpty { refusal = try commit(&batch) ?? refusal }
        if let refusal { throw refusal }
    }

    /// Takes the lines out that must not be written now, and says why.
    private mutating func filter(_ batch: inout AuditBatch) -> AuditError? {
        let before = batch.count
        let refusal: AuditError
        switch state {
        case .writing: return nil
        case .reserveOnly:
            _ = batch.removeOthers()
            refusal = .reserveOnly
        case .broken(let trouble):
            _ = batch.removeOthers()
            refusal = .broken(trouble)
        case .unwritable(let code):
            batch.removeAll()
            refusal = .unwritable(errno: code, operation: "write \(disk.path)")
        case .closed:
            batch.removeAll()
            refusal = .closed
        }
        let removed = before - batch.count
        refusedCount += removed
        return removed > 0 ? refusal : nil
    }

    /// Appends the batch, once more without the lines of others when the disk turns out full.
    private mutating func commit(_ batch: inout AuditBatch) throws(AuditError) -> AuditError? {
        do throws(AuditError) {
            try appendLines(&batch)
            return nil
        } catch {
            guard case .system(ENOSPC, _) = error, !isTorn, state == .writing, giveUpReserve()
            else {
                refusedCount += batch.count
                throw fail(error)
            }
        }
        state = .reserveOnly
        let refusal = filter(&batch)
        guard !batch.isEmpty else { return refusal }
        do throws(AuditError) {
            try appendLines(&batch)
        } catch {
            refusedCount += batch.count
            throw fail(error)
        }
        return refusal
    }

    /// One write(2), then the head. When it throws, chain and file are as they were, or `isTorn`.
    private mutating func appendLines(_ batch: inout AuditBatch) throws(AuditError) {
        guard let file else { throw .system(errno: EBADF, operation: "write the audit log") }
        let before = chain.point
        output.removeAll()
        var start = 0
        let bodies = batch.buffer.bytes
        let keys = keys
        for body in batch.bodies {
            chain.append(
                UnsafeRawBufferPointer(rebasing: bodies[start..<body.end]), keys: keys,
                to: &output)
            start = body.end
        }
        do throws(AuditError) {
            try disk.append(output.bytes, to: file)
            if settings.synchronization == .eachBatch { try disk.synchronize(file) }
        } catch {
            chain.rewind(to: before)
            do throws(AuditError) {
                try disk.truncate(file, to: size)
            } catch {
                isTorn = true
            }
            throw error
        }
        if let revision = batch.newestRevision {
            newestRevision = max(newestRevision ?? revision, revision)
        }
        size += Int64(output.count)
        if settings.synchronization != .eachBatch { isSynchronized = false }
        try writeHead()
    }

    /// Where the log ends now, and the last authenticated place.
    private var head: AuditHead {
        var head = AuditHead(
            bootID: bootID, firstSequence: firstSequence, begun: begun, size: UInt64(size))
        head.point = chain.point
        head.authenticated = authenticated
        head.mac = authenticatedMAC
        head.revision = authenticatedRevision
        return head
    }

    /// The newest revision of the store by the word of somebody with the keys, in the head.
    func authenticRevision(_ keys: AuditKeys) -> Int64? {
        head.isAuthentic(keys) == true ? authenticatedRevision : nil
    }

    /// After the lines, so that after a kill the head is never ahead of the file.
    mutating func writeHead() throws(AuditError) {
        var head = head
        if let keys, head.authenticate(with: keys, revision: newestRevision) {
            authenticated = head.authenticated
            authenticatedMAC = head.mac
            authenticatedRevision = head.revision
        }
        let target: AuditFile
        if let headFile {
            target = headFile
        } else {
            target = try disk.create(AuditFileName.head, O_WRONLY)
            headFile = target
        }
        headBytes.removeAll()
        head.encode(into: &headBytes)
        try disk.overwrite(headBytes.bytes, in: target, AuditFileName.head)
    }

    /// A line about the log or the vault.
    mutating func note(_ event: AuditEvent, now: Int64) throws(AuditError) {
        notes.removeAll()
        notes.append(event, time: now)
        defer { notes.removeAll() }
        // Moved out, because a value cannot be lent to its own owner.
        var batch = AuditBatch(keyNames: .plain)
        swap(&batch, &notes)
        defer { swap(&batch, &notes) }
        try appendLines(&batch)
    }

    /// Nothing can be written any more, until `check` finds that it can.
    mutating func fail(_ error: AuditError) -> AuditError {
        guard case .system(let code, let operation) = error else { return error }
        state = .unwritable(errno: code)
        return .unwritable(errno: code, operation: operation)
    }
}
