import Synchronization
public import VaultSeal

/// The audit log: lines of JSON, each with the hash of all before it and, while the vault is
/// unsealed, a MAC. A request may be answered once the `write` with its line returned.
///
/// Any thread may use it. It has no thread and no clock of its own: times are handed in, in
/// microseconds since 1970, and somebody calls `check` and `synchronizeIfDue` about once a second.
public final class AuditLog: Sendable {
    private let writer: Mutex<AuditWriter>
    private let acceptsEverybodyNow: Atomic<Bool>
    private let settings: AuditSettings
    /// A file is nearly full, and nobody was asked to rotate it.
    private let rotationNear = Atomic<Bool>(false)
    /// A piece of new lines is long enough to begin its way to the disk.
    private let writingDue = Atomic<Bool>(false)
    /// The first line of the file for which somebody was.
    private let askedFor = Atomic<UInt64>(0)

    /// Opens the log in `directory`, which is made when it is missing, or begins one. The vault is
    /// sealed then. Throws `.unsafe` for a wrong owner or mode, `.system` when nothing can be
    /// written; what somebody did to the files meanwhile is no error, but the `state` afterwards.
    public convenience init(
        directory: String, storeID: StoreID, settings: AuditSettings = AuditSettings(), now: Int64
    ) throws(AuditError) {
        try self.init(
            directory: directory, storeID: storeID, settings: settings, now: now, hook: nil)
    }

    /// The same with system calls that fail when `hook` says so.
    package init(
        directory: String, storeID: StoreID, settings: AuditSettings, now: Int64,
        hook: AuditFault.Hook?
    ) throws(AuditError) {
        let opened = try AuditWriter.open(
            directory: directory, storeID: storeID, settings: settings, now: now, hook: hook)
        self.settings = settings
        acceptsEverybodyNow = Atomic(opened.state.acceptsEverybody)
        writer = Mutex(opened)
    }

    /// Whether requests of everybody can be logged; without a lock, to be asked before work is
    /// done for somebody who is no administrator.
    public var acceptsEverybody: Bool { acceptsEverybodyNow.load(ordering: .acquiring) }

    /// What can be logged now.
    public var state: AuditState { writer.withLock { $0.state } }

    /// Requests that were refused and have no line yet that counts them.
    public var refusedCount: Int { writer.withLock { $0.refusedCount } }

    /// The number of the last line.
    public var sequence: UInt64 { writer.withLock { $0.chain.point.sequence } }

    /// Where the log is now.
    public var position: AuditPosition { writer.withLock { AuditPosition($0) } }

    /// Writes the lines with one write(2) and empties the batch, also when it throws. `now` is
    /// for the log's own lines and for rotation.
    ///
    /// When it throws `.reserveOnly` or `.broken`, lines of administrators were written and the
    /// others were not; with every other error none were. Requests without a line must fail.
    public func write(_ batch: inout AuditBatch, now: Int64) throws(AuditError) {
        try change { (writer) throws(AuditError) in
            try writer.write(&batch, now: now)
            if writer.isWritingDue(now: now) { writingDue.store(true, ordering: .relaxed) }
        }
    }

    /// A request gets no line because of the `state`: it was refused before any work, or is one
    /// that administrators may make all the same. It is counted in a line when the log goes on.
    public func countRefused(_ count: Int = 1) {
        writer.withLock { $0.refusedCount += count }
    }

    /// The vault is unsealed: from now on lines have a MAC. The first of them says so, and names
    /// the slot.
    ///
    /// - Parameter revision: the newest one of the store.
    public func unlock(
        _ keys: AuditKeys, through slot: AuditSlot? = nil, revision: Int64? = nil, now: Int64
    ) throws(AuditError) {
        try use(keys, .unsealed(slot), revision: revision, now: now)
    }

    /// The root key was changed: from now on MACs are made with its `keys`. The first line that
    /// has one says so.
    public func rekey(_ keys: AuditKeys, now: Int64) throws(AuditError) {
        try use(keys, .rekeyed, revision: nil, now: now)
    }

    private func use(
        _ keys: AuditKeys, _ event: AuditEvent, revision: Int64?, now: Int64
    ) throws(AuditError) {
        try change { (writer) throws(AuditError) in
            let before = writer.keys
            // Before the first head that it is in. A store that was put back takes nothing away.
            let known = [writer.newestRevision, writer.authenticRevision(keys), revision]
            writer.newestRevision = known.compactMap(\.self).max()
            writer.keys = keys
            do throws(AuditError) {
                try writer.note(event, now: now)
            } catch {
                writer.keys = before
                throw writer.fail(error)
            }
        }
    }

    /// The vault was opened although so many things in it are not what was written; so many
    /// records are.
    public func noteDamage(count: UInt64, records: UInt64, now: Int64) throws(AuditError) {
        try change { (writer) throws(AuditError) in
            do throws(AuditError) {
                try writer.note(.damage(count: count, records: records), now: now)
            } catch {
                throw writer.fail(error)
            }
        }
    }

    /// The vault that was opened had been restored, and nobody has accepted it.
    public func noteRestored(
        _ restoration: AuditRestoration, now: Int64
    ) throws(AuditError) {
        try change { (writer) throws(AuditError) in
            do throws(AuditError) {
                try writer.note(.restored(restoration), now: now)
            } catch {
                throw writer.fail(error)
            }
        }
    }

    /// The vault is about to be sealed; call it before `AuditKeys.close`. The last line with a MAC
    /// says so. The keys are let go of also when it throws.
    public func lock(now: Int64) throws(AuditError) {
        try change { (writer) throws(AuditError) in
            guard writer.keys != nil else { return }
            defer { writer.keys = nil }
            do throws(AuditError) {
                try writer.note(.sealed, now: now)
            } catch {
                throw writer.fail(error)
            }
        }
    }

    /// Compares the files with what was written, tries to go on after a failure, and rotates a
    /// file that is old. To be called once a second; the result is the state afterwards.
    @discardableResult
    public func check(now: Int64) -> AuditState {
        writer.withLock { writer in
            writer.check(now: now)
            acceptsEverybodyNow.store(writer.state.acceptsEverybody, ordering: .releasing)
            return writer.state
        }
    }

    /// An administrator has seen that the log is broken, and has it go on.
    public func resume(now: Int64) throws(AuditError) {
        try change { (writer) throws(AuditError) in try writer.resume(now: now) }
    }

    /// Has lines written to the disk when the settings say that it is time. It waits for the
    /// disk, and nobody waits for it: never call it on an event loop.
    public func synchronizeIfDue(now: Int64) {
        guard case .interval(let interval) = settings.synchronization else { return }
        let due: (file: AuditFile, disk: AuditDisk)? = writer.withLock { writer in
            // Compared this way around, a clock that was set back does not stop it.
            let age = Duration.microseconds(
                now.subtractingReportingOverflow(
                    writer.synchronizedAt
                ).partialValue)
            guard !writer.isSynchronized, let file = writer.file,
                age >= interval || age < .zero
            else { return nil }
            writer.isSynchronized = true
            writer.synchronizedAt = now
            _ = writer.takeUnwritten(now: now)
            return (file, writer.disk)
        }
        if let due { _ = synchronize(due.file, due.disk) }
    }

    /// True once for a piece of new lines that should begin its way to the disk: `startWriting`
    /// should be called soon.
    public func asksForWriting() -> Bool {
        writingDue.load(ordering: .relaxed)
            && writingDue.compareExchange(
                expected: true, desired: false, ordering: .relaxed
            ).exchanged
    }

    /// Has the lines that came since the last time begin their way to the disk, so that their sync
    /// keeps it busy for a moment only. It may wait for the disk: never call it on an event loop.
    public func startWriting(now: Int64) {
        let piece: (disk: AuditDisk, file: AuditFile, range: Range<Int64>)? =
            writer.withLock { writer in
                guard writer.isWritingDue(now: now), let file = writer.file else { return nil }
                return (writer.disk, file, writer.takeUnwritten(now: now))
            }
        if let piece { piece.disk.startWriting(piece.file, piece.range) }
    }

    /// Without the lock: lines can be written meanwhile. False when it failed.
    func synchronize(_ file: AuditFile, _ disk: AuditDisk) -> Bool {
        do throws(AuditError) {
            try disk.synchronize(file)
            return true
        } catch {
            // What the kernel could not write it may drop: what is in the file is not known.
            writer.withLock { writer in
                writer.isSynchronized = false
                _ = writer.fail(error)
                acceptsEverybodyNow.store(false, ordering: .releasing)
            }
            return false
        }
    }

    /// True once for a file that is nearly full: `rotateIfNear` should be called soon.
    public func asksForRotation() -> Bool {
        rotationNear.load(ordering: .relaxed)
            && rotationNear.compareExchange(
                expected: true, desired: false, ordering: .relaxed
            ).exchanged
    }

    /// Rotates a file that is nearly full. Left alone, it is rotated by the `write` for which it
    /// has no room, and everybody waits until all of it is on the disk; here only for its last
    /// lines. It waits for the disk: never call it on an event loop.
    public func rotateIfNear(now: Int64) {
        let due: (file: AuditFile, disk: AuditDisk)? = writer.withLock { writer in
            guard writer.isRotationNear, let file = writer.file else { return nil }
            return (file, writer.disk)
        }
        guard let due, synchronize(due.file, due.disk) else { return }
        writer.withLock { writer in
            // Somebody else may have rotated meanwhile.
            guard writer.isRotationNear, writer.file === due.file else { return }
            writer.rotate(now: now)
            acceptsEverybodyNow.store(writer.state.acceptsEverybody, ordering: .releasing)
        }
    }

    /// Makes everything durable and writes nothing more.
    public func close() {
        writer.withLock { writer in
            if writer.state != .closed, let file = writer.file {
                // A failure leaves what a power cut would: the next `open` looks.
                do throws(AuditError) { try writer.disk.synchronize(file) } catch {}
            }
            writer.state = .closed
            writer.keys = nil
            writer.file = nil
            acceptsEverybodyNow.store(false, ordering: .releasing)
        }
    }

    func change(
        _ body: (inout AuditWriter) throws(AuditError) -> Void
    ) throws(AuditError) {
        try writer.withLock { (writer) throws(AuditError) in
            defer {
                acceptsEverybodyNow.store(writer.state.acceptsEverybody, ordering: .releasing)
            }
            guard writer.state != .closed else { throw .closed }
            try body(&writer)
            noteRotation(writer)
        }
    }

    /// The files, and the last line with a MAC in them; nil while something is wrong.
    func place() -> (file: AuditFile, head: AuditFile, disk: AuditDisk, sequence: UInt64)? {
        writer.withLock { writer in
            guard writer.state == .writing, writer.authenticated.sequence > 0,
                let file = writer.file, let head = writer.headFile
            else { return nil }
            return (file, head, writer.disk, writer.authenticated.sequence)
        }
    }

    /// What the head says of the store, and where the log is.
    func headRevision(_ keys: AuditKeys) -> (revision: Int64?, directory: String) {
        writer.withLock { ($0.authenticRevision(keys), $0.disk.path) }
    }

    /// Asks once for each file.
    private func noteRotation(_ writer: borrowing AuditWriter) {
        guard writer.isRotationNear, writer.firstSequence != askedFor.load(ordering: .relaxed)
        else { return }
        askedFor.store(writer.firstSequence, ordering: .relaxed)
        rotationNear.store(true, ordering: .relaxed)
    }
}
