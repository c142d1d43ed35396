import LMDB
import VaultSeal

#if canImport(Glibc)
    import Glibc
#endif

/// A second file with the records of the first, one after the other and without holes.
///
/// It is filled from short snapshots while the store goes on, and completed while the store stands
/// still. Each record is opened once, so that damage is found here and not copied. It stays
/// sealed as it is, unless it is under an older data key than the one that seals: a copy shall
/// need no key that the store is about to do without.
///
///     store:  1 . 2 3 . . 4 5 |6 7        advance() until nothing is left, then complete()
///     copy:   1 2 3 4 5       |6 7
///
/// SAFETY: one thread at a time has it; the one that fills it waits while the writer completes it.
final class LogCopy: @unchecked Sendable {
    let target: RecordLog
    private let source: RecordLog
    private var next = LogKey(main: 1, sub: 0)
    private var recordCount: UInt64 = 0
    private var stateHash = StateHash.zero

    init(of source: RecordLog, in directory: String) throws(StoreError) {
        self.source = source
        target = try RecordLog.open(
            in: directory, cipher: source.cipher, stateHashKey: source.stateHashKey, create: true,
            commitFault: source.commitFault)
    }

    /// Copies the next records; false when there were none.
    func advance() throws(StoreError) -> Bool {
        let before = recordCount
        var transaction = try target.begin()
        var bytes = 0
        try source.scan(from: next.main, sub: next.sub) { (key, sealed) throws(StoreError) in
            guard recordCount - before < Limits.copySliceRecordsMax,
                bytes < Limits.copySliceBytesMax
            else { return false }
            try append(key, sealed, to: &transaction)
            bytes += sealed.count
            return true
        }
        guard recordCount > before else { return false }
        try target.commit(transaction, isDurable: false)
        return true
    }

    private func append(
        _ key: LogKey, _ sealed: UnsafeRawBufferPointer, to transaction: inout WriteTransaction
    ) throws(StoreError) {
        let position = LogPosition(main: key.main, sub: key.sub)
        let place = RecordPlace.log(main: UInt64(bitPattern: key.main), sub: key.sub)
        stateHash.add(
            try source.digester.digest(ofSealed: sealed, at: place) {
                "the record at revision \(position.main).\(position.sub)"
            })
        try key.withBytes { (bytes) throws(StoreError) in
            try append(sealed, at: place, under: bytes, in: target.log, to: &transaction)
        }
        recordCount += 1
        next = LogKey(main: key.main, sub: key.sub + 1)
    }

    private func append(
        _ sealed: UnsafeRawBufferPointer, at place: RecordPlace,
        under key: UnsafeRawBufferPointer, in table: Table,
        to transaction: inout WriteTransaction
    ) throws(StoreError) {
        if RecordCipher.dataKeyNumber(of: sealed) == source.cipher.newestDataKey {
            try target.append(sealed, under: key, in: table, to: &transaction)
        } else {
            try target.reseal(
                sealed, at: place, under: key, in: table, isLast: true, to: &transaction)
        }
    }

    /// Makes what was copied durable, so that little is left for `complete`.
    func synchronize() throws(StoreError) {
        do throws(LMDBError) { try target.environment.synchronize() } catch {
            throw StoreError(error)
        }
    }

    /// Copies what is left and makes the copy a whole, durable file. Nothing may change meanwhile.
    func complete(_ head: StoreHead, reservesGrowth: Bool) throws(StoreError) {
        while try advance() {}
        guard recordCount == head.recordCount else {
            throw .damaged("the log has \(recordCount) records, \(head.recordCount) were written")
        }
        var transaction = try target.begin()
        let leases = try copyLeases(to: &transaction)
        guard leases == head.leaseCount else {
            throw .damaged("there are \(leases) leases, \(head.leaseCount) were written")
        }
        try copyAccess(number: head.accessNumber, to: &transaction)
        guard head.stateHash == nil || head.stateHash == stateHash else {
            throw .damaged(StateHashCheck.mismatch(records: recordCount))
        }
        try target.put(head, into: &transaction)
        try target.commit(transaction, reservesGrowth: reservesGrowth)
    }

    /// Closes the file, unless it has become another's. May be called again.
    func close() { target.environment.close() }

    private func copyAccess(
        number: UInt64, to transaction: inout WriteTransaction
    ) throws(StoreError) {
        let record = try source.accessRecord()
        guard record?.number ?? 0 == number else {
            throw .damaged("the access rules are not the ones that were written last")
        }
        if let record { stateHash.add(try target.put(record, into: &transaction)) }
    }

    private func copyLeases(to transaction: inout WriteTransaction) throws(StoreError) -> UInt64 {
        var count: UInt64 = 0
        let (source, target) = (source, target)
        try source.scanLeases { (key, sealed) throws(StoreError) in
            let (id, _) = try source.cipher.openLease(key: key, sealed: sealed)
            let place = RecordLog.place(of: id)
            stateHash.add(
                try source.digester.digest(ofSealed: sealed, at: place) { "a lease" })
            try append(sealed, at: place, under: key, in: target.leases, to: &transaction)
            count += 1
        }
        return count
    }
}
