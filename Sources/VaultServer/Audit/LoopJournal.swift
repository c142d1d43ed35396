import RPC
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
    // SAFETY: none of the batch's methods calls anything that could come back here.
    @exclusivity(unchecked) private var batch = AuditBatch(keyNames: .hashed(nil))
    private var version: UInt64 = 0
    private var log: AuditLog?
    /// Of the first line since the last commit: they leave together.
    private var time: Int64 = 0

    init(
        trail: AuditTrail, access: AccessControl, quotas: QuotaGate, methods: AuditMethods
    ) {
        self.trail = trail
        self.access = access
        self.quotas = quotas
        self.methods = methods
    }

    func answered(_ call: UnaryCall, _ status: Status) {
        guard let record = call.note as? CallRecord else { return }
        if let owner = record.owner {
            quotas.endRequest(by: owner)
            record.owner = nil
        }
        guard refresh() else { return }
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

    func refused(path: String, caller: Caller, _ status: Status) {
        guard refresh() else { return }
        let identity = access.identityForJournal(caller)
        guard trail.acceptsEverybody || identity.rights.isAdministrator else {
            // What is left of the disk is not for these; they are counted.
            log?.countRefused()
            return
        }
        batch.append(
            entry(identity, methods[path], isRefused: true, status))
    }

    /// One request of a stream. What it asks for may be done once `commit` has returned nil.
    func streamed(
        _ call: StreamCall, by identity: CallerIdentity, _ range: KeyRange? = nil,
        isRefused: Bool, _ status: Status
    ) {
        guard refresh() else { return }
        var entry = entry(identity, methods[call.path], isRefused: isRefused, status)
        guard let range else { return batch.append(entry) }
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
        guard let log, !batch.isEmpty else { return nil }
        do throws(AuditError) {
            try log.write(&batch, now: time)
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
