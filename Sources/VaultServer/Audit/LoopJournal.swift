import RPC
import VaultAPI
import VaultAccess
import VaultStore

/// The journal of one event loop: gathers lines, and writes them with one write before the answers
/// leave.
///
/// SAFETY (@unchecked Sendable): used on its event loop only.
final class LoopJournal: CallJournal, @unchecked Sendable {
    private let trail: AuditTrail
    private let access: AccessControl
    private let quotas: QuotaGate
    private let methods: AuditMethods
    private let counter: CallCounter?
    // SAFETY: none of the batch's methods calls anything that could come back here.
    @exclusivity(unchecked) private var batch = AuditBatch(keyNames: .hashed(nil))
    private var version: UInt64 = 0
    private var log: AuditLog?
    /// Of the first line since the last commit: they leave together.
    private var time: Int64 = 0
    /// Lines of held answers were lost together with a stream's line: `commit` has to say so.
    private var lostAnswers: Status?

    init(
        trail: AuditTrail, access: AccessControl, quotas: QuotaGate, methods: AuditMethods,
        counter: CallCounter? = nil
    ) {
        self.trail = trail
        self.access = access
        self.quotas = quotas
        self.methods = methods
        self.counter = counter
    }

    func answered(_ call: UnaryCall, _ status: Status) {
        guard let record = call.note as? CallRecord else { return }
        counter?.count(record.method, status.code)
        if let owner = record.owner {
            quotas.endRequest(by: owner)
            record.owner = nil
        }
        guard refresh() else { return }
        guard !goesWithoutLine(record) else {
            log?.countRefused()
            return
        }
        if !record.isRefused, record.operationCount == 0, record.target == nil {
            appendAllowed(record, AuditStatus(status.code))
        } else {
            append(record, status)
        }
    }

    /// Most calls, for which no entry is made.
    private func appendAllowed(_ record: CallRecord, _ status: AuditStatus) {
        if batch.isEmpty { time = CalendarClock.now() }
        record.withNames { identity, method, key, end in
            batch.appendAllowed(
                time: time, caller: identity.audited, method: method, key: key, rangeEnd: end,
                status: status, revision: record.revision,
                isAdministrator: identity.rights.isAdministrator)
        }
    }

    private func append(_ record: CallRecord, _ status: Status) {
        var entry = entry(record.identity, record.method, isRefused: record.isRefused, status)
        entry.revision = record.revision
        entry.target = record.target
        if record.operationCount > 0 {
            append(&entry, record)
        } else if record.hasKey {
            record.key.withUnsafeBytes { key in
                record.rangeEnd.withUnsafeBytes { end in
                    entry.key = key
                    entry.rangeEnd = end
                    batch.append(entry)
                }
            }
        } else {
            batch.append(entry)
        }
    }

    /// Administrators close the vault and see what is wrong also when nothing can be written.
    private func goesWithoutLine(_ record: CallRecord) -> Bool {
        guard !trail.acceptsEverybody, record.rights.isAdministrator,
            Self.methodsOfLastResort.contains(record.method.name), case .unwritable? = log?.state
        else { return false }
        return true
    }

    private static let methodsOfLastResort = Set(
        [
            Methods.Vault.status, Methods.Vault.seal, Methods.Audit.state, Methods.Audit.resume,
            Methods.Access.whoAmI, Methods.Health.check,
        ].map { String($0.path.dropFirst()) })

    /// Lends the bytes of all operations at once: they are put one after the other first.
    private func append(_ entry: inout AuditEntry, _ record: CallRecord) {
        var bytes: Bytes = []
        for operation in record.operations {
            bytes += operation.range.key
            bytes += operation.range.rangeEnd
        }
        bytes.withUnsafeBytes { bytes in
            var start = 0
            func take(_ count: Int) -> UnsafeRawBufferPointer {
                defer { start += count }
                return UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])
            }
            entry.operations = record.operations.map { operation in
                let key = take(operation.range.key.count)
                let end = take(operation.range.rangeEnd.count)
                return AuditOperation(operation.kind, key: key, rangeEnd: end)
            }
            entry.operationCount = record.operationCount
            batch.append(entry)
            entry.operations = []
        }
    }

    func refused(path: String, caller: Caller, _ status: Status) -> Status {
        let identity = access.identityForJournal(caller)
        let status = count(identity) ? status : StatusTable.tooManyRequests
        write(path, by: identity, status)
        return status
    }

    /// A line costs about as much as a request, and counts as one. False when there were too many.
    private func count(_ identity: CallerIdentity) -> Bool {
        identity.rights.isOwner
            || quotas.count(
                by: quotas.book.owner(of: identity.subject), now: SteadyClock.now())
    }

    private func write(_ path: String, by identity: CallerIdentity, _ status: Status) {
        counter?.count(methods[path], status.code)
        guard refresh() else { return }
        guard trail.acceptsEverybody || identity.rights.isAdministrator else {
            // What is left of the disk is not for these; they are counted.
            log?.countRefused()
            return
        }
        // What is no method may be anything: a URL with the name of a key in it.
        batch.append(entry(identity, methods[path], isRefused: true, status))
    }

    /// Writes down one request of a stream, at once, and all lines that wait with it. What it asks
    /// for may be done when that returns nil.
    func streamed(
        path: String, by identity: CallerIdentity, _ range: KeyRange? = nil,
        isRefused: Bool, _ status: Status
    ) -> Status? {
        // What goes on for long is not ended for how often something is said on it.
        _ = count(identity)
        counter?.count(methods[path], status.code)
        guard refresh() else { return nil }
        let entry = entry(identity, methods[path], isRefused: isRefused, status)
        let othersWait = !batch.isEmpty
        append(entry, range)
        let failure = write()
        if let failure, othersWait { lostAnswers = failure }
        return failure
    }

    private func append(_ entry: AuditEntry, _ range: KeyRange?) {
        guard let range else { return batch.append(entry) }
        var entry = entry
        range.key.withUnsafeBytes { key in
            range.rangeEnd.withUnsafeBytes { end in
                entry.key = key
                entry.rangeEnd = end
                batch.append(entry)
            }
        }
    }

    private func entry(
        _ identity: CallerIdentity, _ method: AuditMethod, isRefused: Bool, _ status: Status
    ) -> AuditEntry {
        if batch.isEmpty { time = CalendarClock.now() }
        var entry = AuditEntry(
            time: time, caller: identity.audited, calledMethod: method,
            decision: isRefused ? .refused : .allowed, status: AuditStatus(status.code))
        entry.isAdministrator = identity.rights.isAdministrator
        return entry
    }

    /// False while there is no log. The vault may have been initialised, sealed or unsealed since.
    private func refresh() -> Bool {
        let version = trail.version
        if version != self.version {
            self.version = version
            log = trail.log
            batch.keyNames = trail.keyNames
        }
        return log != nil
    }

    func commit() -> Status? {
        defer { lostAnswers = nil }
        return write() ?? lostAnswers
    }

    private func write() -> Status? {
        guard let log, !batch.isEmpty else { return nil }
        do throws(AuditError) {
            try log.write(&batch, now: time)
            if log.asksForWriting() { trail.startWritingSoon() }
            if log.asksForRotation() { trail.lookSoon() }
            return nil
        } catch {
            trail.noteFailure()
            return trail.refusal
        }
    }
}

extension AuditStatus {
    init(_ code: StatusCode) {
        self = AuditStatus(rawValue: UInt8(truncatingIfNeeded: code.rawValue)) ?? .unknown
    }
}
