import LMDB
import VaultSeal

#if canImport(Glibc)
    import Glibc
#endif

/// The record log: the one place that knows it lies in an LMDB file (docs/formats.md, "tables").
final class RecordLog: Sendable {
    static let logTableName = "log"
    static let stateTableName = "state"
    static let leaseTableName = "lease"
    /// More than there are, so that a later version can add one.
    private static let tablesMax = 8
    static let headKey: [UInt8] = Array("head".utf8)

    let environment: Environment
    let log: Table
    let state: Table
    let leases: Table
    let cipher: RecordCipher
    let stateHashKey: StateHashKey
    /// Revisions that never were.
    let gaps: RevisionGaps
    let destructions = Destructions()

    /// Asked before each commit; the commit fails with what it returns. For tests.
    let commitFault: CommitFault?

    typealias CommitFault = @Sendable () -> StoreError?

    private init(
        environment: Environment, log: Table, state: Table, leases: Table, cipher: RecordCipher,
        stateHashKey: StateHashKey, commitFault: CommitFault?
    ) {
        self.stateHashKey = stateHashKey
        self.environment = environment
        self.log = log
        self.state = state
        self.leases = leases
        self.commitFault = commitFault
        self.cipher = cipher
        gaps = RevisionGaps(cipher.gaps)
    }

    /// Makes an empty log; the directory must not have one.
    static func create(
        in directory: String, cipher: RecordCipher, stateHashKey: StateHashKey
    ) throws(StoreError) {
        let log = try open(
            in: directory, cipher: cipher, stateHashKey: stateHashKey, create: true)
        var transaction = try log.begin()
        try log.put(StoreHead(stateHash: .zero), into: &transaction)
        try log.commit(transaction)
        log.environment.close()
    }

    /// Opens a log whose file was checked already.
    static func open(
        in directory: String, cipher: RecordCipher, stateHashKey: StateHashKey,
        create: Bool = false, commitFault: CommitFault? = nil
    ) throws(StoreError) -> RecordLog {
        do throws(LMDBError) {
            let environment = try Environment.open(
                directory: directory, mapBytes: Limits.mapBytes, tablesMax: tablesMax)
            var transaction = try environment.beginWrite()
            let log = try transaction.openTable(named: logTableName, create: create)
            let state = try transaction.openTable(named: stateTableName, create: create)
            let leases = try transaction.openTable(named: leaseTableName, create: create)
            try transaction.commit()
            return RecordLog(
                environment: environment, log: log, state: state, leases: leases, cipher: cipher,
                stateHashKey: stateHashKey, commitFault: commitFault)
        } catch {
            throw StoreError(error)
        }
    }

    /// Runs `body` on a snapshot of the file, on the calling thread. It looks records up in the
    /// file's own memory: they are valid until `body` returns. `mark` is from before their places
    /// were found; now is right for whoever finds them in `body`.
    func read<R>(
        since mark: Destructions.Mark? = nil,
        _ body: (_ lookup: SealedLookup) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        let mark = mark ?? destructions.mark
        return try environment.read(failure: StoreError.init) {
            (snapshot) throws(StoreError) -> R in
            try body { (position) throws(StoreError) in
                let found: UnsafeRawBufferPointer?
                do throws(LMDBError) {
                    found = try LogKey(position).withBytes { (key) throws(LMDBError) in
                        try snapshot.get(log, key)
                    }
                } catch { throw StoreError(error) }
                if found == nil, destructions.mayHaveTaken(position, since: mark) {
                    throw .destroyedMeanwhile
                }
                return found
            }
        }
    }

    /// Calls `body` with each record from that place on, in order, until it returns false. Runs on
    /// a snapshot, as `read`.
    func scan(
        from revision: Int64, sub: UInt32 = 0,
        _ body: (LogKey, UnsafeRawBufferPointer) throws(StoreError) -> Bool
    ) throws(StoreError) {
        try environment.read(failure: StoreError.init) { (snapshot) throws(StoreError) in
            try LogKey(main: revision, sub: sub).withBytes { (start) throws(StoreError) in
                try snapshot.visit(log, from: start, failure: StoreError.init) {
                    (key, sealed) throws(StoreError) in
                    guard let place = LogKey(key) else {
                        throw .damaged("a record lies under no revision")
                    }
                    return try body(place, sealed)
                }
            }
        }
    }

    /// The first revision whose records are younger than `time` (milliseconds since 1970); one more
    /// than `last`, the newest, when there is none. Times rise with revisions, so about forty
    /// records are opened.
    func firstRevision(after time: Int64, upTo last: Int64) throws(StoreError) -> Int64 {
        var (low, high) = (Int64(1), last + 1)
        while low < high {
            let middle = low + (high - low) / 2
            var found: (revision: Int64, time: Int64)?
            try scan(from: middle) { (place, sealed) throws(StoreError) in
                let position = LogPosition(main: place.main, sub: place.sub)
                found = try cipher.withRecord(sealed, at: position) {
                    (record) throws(StoreError) in (place.main, record.time)
                }
                return false
            }
            if let found, found.revision < high, found.time <= time {
                low = found.revision + 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// The record as the open transaction sees it: valid until its next change.
    func sealed(
        at position: LogPosition, in transaction: borrowing WriteTransaction
    ) throws(StoreError) -> UnsafeRawBufferPointer? {
        let found: UnsafeRawBufferPointer?
        do throws(LMDBError) {
            found = try LogKey(position).withBytes { (key) throws(LMDBError) in
                try transaction.get(log, key)
            }
        } catch { throw StoreError(error) }
        if found == nil, destructions.isUnderWay(at: position) { throw .destroyedMeanwhile }
        return found
    }

    /// Seals a record straight into the file's page. `scratch` is space to encode it in. Returns
    /// what the record adds to the state hash.
    func append(
        _ record: LogRecord, payloadCount: Int, at position: LogPosition,
        into transaction: inout WriteTransaction, _ scratch: inout [UInt8]
    ) throws(StoreError) -> StateHash {
        let start = StateHashKey.placeCount
        let end = start + payloadCount
        if scratch.count < end { scratch = [UInt8](repeating: 0, count: max(4096, 2 * end)) }
        let place = RecordPlace.log(
            main: UInt64(bitPattern: position.main), sub: position.sub)
        let (cipher, stateHashKey) = (cipher, stateHashKey)
        let outcome: Result<StateHash, StoreError> = scratch.withUnsafeMutableBytes { scratch in
            let payload = UnsafeMutableRawBufferPointer(rebasing: scratch[start..<end])
            record.encode(into: payload)
            defer {
                if let base = payload.baseAddress { explicit_bzero(base, payload.count) }
            }
            do throws(StoreError) {
                try LogKey(position).withBytes { (key) throws(StoreError) in
                    try Self.reserve(
                        log, key, count: RecordCipher.sealedCount(payloadCount: payloadCount),
                        isLast: true, in: &transaction
                    ) { (output) throws(SealError) in
                        try cipher.seal(UnsafeRawBufferPointer(payload), at: place, into: output)
                    }
                }
                let message = UnsafeMutableRawBufferPointer(rebasing: scratch[..<end])
                return .success(try Self.digest(of: message, at: place, stateHashKey))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    private static func digest(
        of message: UnsafeMutableRawBufferPointer, at place: RecordPlace, _ key: StateHashKey
    ) throws(StoreError) -> StateHash {
        do throws(SealError) { return try key.digest(of: message, at: place) } catch {
            throw .storage("a record could not be hashed: \(error)")
        }
    }

    static func reserve(
        _ table: Table, _ key: UnsafeRawBufferPointer, count: Int, isLast: Bool,
        in transaction: inout WriteTransaction,
        _ fill: (UnsafeMutableRawBufferPointer) throws(SealError) -> Void
    ) throws(StoreError) {
        var failure: SealError?
        do throws(LMDBError) {
            try transaction.reserve(table, key, count: count, isLast: isLast) { output in
                do throws(SealError) { try fill(output) } catch { failure = error }
            }
        } catch { throw StoreError(error) }
        if let failure { throw .storage("a record could not be encrypted: \(failure)") }
    }

    /// Removes a record; returns the bytes it took, and what it had added to the state hash. It
    /// is opened for that: nothing disappears from the sum that was not in it.
    func removeRecord(
        at position: LogPosition, from transaction: inout WriteTransaction
    ) throws(StoreError) -> (bytes: Int, digest: StateHash) {
        guard let sealed = try sealed(at: position, in: transaction) else {
            throw .damaged("the record at \(position.main).\(position.sub) is missing")
        }
        let count = LogKey.count + sealed.count
        let place = RecordPlace.log(
            main: UInt64(bitPattern: position.main), sub: position.sub)
        let digest = try digester.digest(ofSealed: sealed, at: place) {
            "the record at revision \(position.main).\(position.sub)"
        }
        do throws(LMDBError) {
            _ = try LogKey(position).withBytes { (key) throws(LMDBError) in
                try transaction.delete(log, key)
            }
        } catch { throw StoreError(error) }
        return (count, digest)
    }

    /// Every commit needs its head.
    func put(_ head: StoreHead, into transaction: inout WriteTransaction) throws(StoreError) {
        let cipher = cipher
        var head = head
        head.transaction = transaction.id
        head.sealing = cipher.sealing ?? head.sealing
        let payload = head.encode()
        let outcome: Result<Void, StoreError> = Self.headKey.withUnsafeBytes { key in
            payload.withUnsafeBytes { payload in
                do throws(StoreError) {
                    try Self.reserve(
                        state, key, count: RecordCipher.sealedCount(payloadCount: payload.count),
                        isLast: false, in: &transaction
                    ) { (output) throws(SealError) in
                        try cipher.seal(payload, at: .state, into: output)
                    }
                    return .success(())
                } catch { return .failure(error) }
            }
        }
        try outcome.get()
    }

    /// Bytes of the file, the reserve at its end included.
    func fileBytes() -> Int64 { Int64(environment.fileBytes()) }

    func begin() throws(StoreError) -> WriteTransaction {
        do throws(LMDBError) { return try environment.beginWrite() } catch {
            throw StoreError(error)
        }
    }

    /// Commits and makes it durable, unless the caller sees to that.
    ///
    /// `.diskFull` leaves the file as it was. After any other error nobody knows what the disk
    /// holds; no further commit may be tried.
    func commit(
        _ transaction: consuming WriteTransaction, isDurable: Bool = true,
        reservesGrowth: Bool = true
    ) throws(StoreError) {
        if let fault = commitFault?() { throw fault }
        do throws(LMDBError) {
            if isDurable && reservesGrowth { environment.reserveGrowth() }
            try environment.commit(transaction)
            if isDurable { try environment.synchronize() }
        } catch { throw StoreError(error) }
    }

    /// Bytes that a record of that shape takes in the table.
    static func storedCount(kind: LogRecord.Kind, key: Int, value: Int) -> Int {
        LogKey.count
            + RecordCipher.sealedCount(
                payloadCount: LogRecord.encodedCount(kind: kind, key: key, value: value))
    }
}

extension StoreError {
    init(_ error: LMDBError) {
        switch error {
        case .diskFull, .mapFull: self = .diskFull
        case .inUse: self = .inUse
        case .system(let number): self = .storage(String(cString: strerror(number)))
        default: self = .storage("\(error)")
        }
    }
}
