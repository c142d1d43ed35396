/// Lines that wait to be written: one for each event loop, filled without a lock. Each has
/// everything but its number in the log, its hash and its MAC, which `AuditLog.write` gives it.
public struct AuditBatch: ~Copyable {
    /// Where a line's body ends, and whose it is.
    struct Body {
        var end: Int
        var isAdministrator: Bool
    }

    /// How key names are written from now on. Set it when the vault is unsealed and sealed.
    public var keyNames: AuditKeyNames

    private(set) var buffer = LineBuffer(capacity: 16 << 10)
    private(set) var bodies: [Body] = []
    /// Of the store, that a line tells of.
    private(set) var newestRevision: Int64?
    private var timestamp = AuditTimestamp()
    /// Where the last request's time, caller and method stand: the next one's are mostly the same.
    private var opening = 0..<0
    private var openingTime: Int64 = 0
    /// Whose they are. Kept, or another object could come to have the address.
    private var openingCaller: AuditCaller?
    private var openingMethod: AuditMethod?

    public init(keyNames: AuditKeyNames) {
        self.keyNames = keyNames
    }

    /// How many lines wait.
    public var count: Int { bodies.count }

    public var isEmpty: Bool { bodies.isEmpty }

    /// Enough for one write; more are taken all the same.
    public var isFull: Bool { buffer.count >= AuditLimits.batchBytesMax }

    /// Bytes that the lines will have at most.
    var byteCountMax: Int { buffer.count + bodies.count * AuditChain.frameBytesMax }

    /// Adds a request's line.
    public mutating func append(_ entry: borrowing AuditEntry) {
        putOpening(entry.time, entry.caller, entry.calledMethod)
        if let key = entry.key { put(",\"key\":\"", name: key) }
        if let end = entry.rangeEnd, !end.isEmpty { put(",\"end\":\"", name: end) }
        if !entry.operations.isEmpty || entry.operationCount > 0 { putOperations(entry) }
        if let target = entry.target { buffer.put(",\"target\":\"", name: target) }
        putOutcome(entry.decision, entry.status)
        if let revision = entry.revision { put(revision: revision) }
        bodies.append(Body(end: buffer.count, isAdministrator: entry.isAdministrator))
    }

    /// The same for a request that is allowed and names at most a range, and all that is said of
    /// it is lent: most are, and an entry for each would count references.
    public mutating func appendAllowed(
        time: Int64, caller: AuditCaller, method: AuditMethod, key: UnsafeRawBufferPointer?,
        rangeEnd: UnsafeRawBufferPointer?, status: AuditStatus, revision: Int64?,
        isAdministrator: Bool
    ) {
        putOpening(time, caller, method)
        if let key { put(",\"key\":\"", name: key) }
        if let rangeEnd, !rangeEnd.isEmpty { put(",\"end\":\"", name: rangeEnd) }
        putOutcome(.allowed, status)
        if let revision { put(revision: revision) }
        bodies.append(Body(end: buffer.count, isAdministrator: isAdministrator))
    }

    /// Adds a line about the log or the vault itself; those count as an administrator's.
    mutating func append(_ event: AuditEvent, time: Int64) {
        buffer.put(",\"time\":\"")
        timestamp.write(microseconds: time, to: &buffer)
        buffer.put(byte: UInt8(ascii: "\""))
        event.write(to: &buffer)
        bodies.append(Body(end: buffer.count, isAdministrator: true))
    }

    /// Drops every line.
    public mutating func removeAll() {
        buffer.removeAll()
        bodies.removeAll(keepingCapacity: true)
        newestRevision = nil
        opening = 0..<0
    }

    /// Drops the lines of everybody but administrators; how many.
    mutating func removeOthers() -> Int {
        var kept: [Body] = []
        var start = 0
        var target = 0
        for body in bodies {
            if body.isAdministrator {
                buffer.move(start..<body.end, to: target)
                target += body.end - start
                kept.append(Body(end: target, isAdministrator: true))
            }
            start = body.end
        }
        let removed = bodies.count - kept.count
        buffer.truncate(to: target)
        bodies = kept
        opening = 0..<0
        return removed
    }

    @inline(__always)
    private mutating func putOpening(_ time: Int64, _ caller: AuditCaller, _ method: AuditMethod) {
        if !opening.isEmpty, time == openingTime, caller === openingCaller,
            method === openingMethod
        {
            return buffer.put(again: opening)
        }
        let start = buffer.count
        buffer.put(",\"time\":\"")
        timestamp.write(microseconds: time, to: &buffer)
        caller.text.withUnsafeBytes { buffer.put($0) }
        method.text.withUnsafeBytes { buffer.put($0) }
        opening = start..<buffer.count
        openingTime = time
        openingCaller = caller
        openingMethod = method
    }

    private mutating func put(revision: Int64) {
        buffer.put(",\"revision\":")
        buffer.put(decimal: revision)
        newestRevision = max(newestRevision ?? revision, revision)
    }

    private mutating func putOutcome(_ decision: AuditDecision, _ status: AuditStatus) {
        if decision == .allowed, status == .ok {
            // The same in one piece, for the many.
            return buffer.put(",\"decision\":\"allowed\",\"status\":\"OK\"")
        }
        buffer.put(",\"decision\":\"")
        buffer.put(decision.text)
        buffer.put("\",\"status\":\"")
        buffer.put(status.text)
        buffer.put(byte: UInt8(ascii: "\""))
    }

    private mutating func put(_ field: StaticString, name: UnsafeRawBufferPointer) {
        buffer.put(field)
        guard keyNames.write(name, to: &buffer) else {
            return buffer.removeLast(field.utf8CodeUnitCount)
        }
        buffer.put(byte: UInt8(ascii: "\""))
    }

    private mutating func putOperations(_ entry: borrowing AuditEntry) {
        buffer.put(",\"ops\":[")
        let shown = min(entry.operations.count, AuditLimits.operationsMax)
        for index in 0..<shown {
            if index > 0 { buffer.put(byte: UInt8(ascii: ",")) }
            buffer.put("{\"op\":\"")
            buffer.put(entry.operations[index].kind.text)
            buffer.put(byte: UInt8(ascii: "\""))
            put(",\"key\":\"", name: entry.operations[index].key)
            if let end = entry.operations[index].rangeEnd, !end.isEmpty {
                put(",\"end\":\"", name: end)
            }
            buffer.put(byte: UInt8(ascii: "}"))
        }
        buffer.put(byte: UInt8(ascii: "]"))
        let all = max(entry.operationCount, entry.operations.count)
        guard all > shown else { return }
        buffer.put(",\"more\":")
        buffer.put(decimal: UInt64(all - shown))
    }
}
