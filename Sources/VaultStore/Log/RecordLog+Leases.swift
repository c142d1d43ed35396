import LMDB
import VaultSeal

extension RecordLog {
    static func place(of id: LeaseID) -> RecordPlace {
        .table(id: LeaseRecord.tableID, key: UInt64(bitPattern: id.rawValue))
    }

    /// Writes a lease; returns the bytes that it takes, and what it adds to the state hash.
    func put(
        _ record: LeaseRecord, of id: LeaseID, into transaction: inout WriteTransaction
    ) throws(StoreError) -> (bytes: Int, digest: StateHash) {
        let cipher = cipher
        let payload = record.encode()
        let count = RecordCipher.sealedCount(payloadCount: payload.count)
        let outcome: Result<StateHash, StoreError> = LeaseRecord.key(of: id).withUnsafeBytes {
            key in
            payload.withUnsafeBytes { payload in
                do throws(StoreError) {
                    try Self.reserve(
                        leases, key, count: count, isLast: false, in: &transaction
                    ) { (output) throws(SealError) in
                        try cipher.seal(payload, at: Self.place(of: id), into: output)
                    }
                    return .success(try digester.digest(ofPayload: payload, at: Self.place(of: id)))
                } catch { return .failure(error) }
            }
        }
        return (LeaseRecord.keyCount + count, try outcome.get())
    }

    /// Calls `body` with every row of the table, in order. Runs on a snapshot, as `read`.
    func scanLeases(
        _ body: (_ key: UnsafeRawBufferPointer, _ sealed: UnsafeRawBufferPointer)
            throws(StoreError) -> Void
    ) throws(StoreError) {
        try environment.read(failure: StoreError.init) { (snapshot) throws(StoreError) in
            var start: UInt64 = 0
            let outcome: Result<Void, StoreError> = withUnsafeBytes(of: &start) { start in
                do throws(StoreError) {
                    try snapshot.visit(leases, from: start, failure: StoreError.init) {
                        (key, sealed) throws(StoreError) in
                        try body(key, sealed)
                        return true
                    }
                    return .success(())
                } catch { return .failure(error) }
            }
            try outcome.get()
        }
    }

    /// Removes a lease; returns the bytes that it took, and what it had added to the state hash.
    func removeLease(
        _ id: LeaseID, from transaction: inout WriteTransaction
    ) throws(StoreError) -> (bytes: Int, digest: StateHash) {
        try LeaseRecord.key(of: id).withBytes { (key) throws(StoreError) in
            let sealed: UnsafeRawBufferPointer?
            do throws(LMDBError) { sealed = try transaction.get(leases, key) } catch {
                throw StoreError(error)
            }
            guard let sealed else { throw .damaged("a lease is missing in its table") }
            let digest = try digester.digest(ofSealed: sealed, at: Self.place(of: id)) { "a lease" }
            let bytes = LeaseRecord.keyCount + sealed.count
            do throws(LMDBError) { _ = try transaction.delete(leases, key) } catch {
                throw StoreError(error)
            }
            return (bytes, digest)
        }
    }
}

extension RecordCipher {
    /// Opens a row of the table of leases, as the unseal scan meets it.
    func openLease(
        key: UnsafeRawBufferPointer, sealed: UnsafeRawBufferPointer
    ) throws(StoreError) -> (LeaseID, LeaseRecord) {
        guard let id = LeaseRecord.id(key) else { throw .damaged("a lease lies under no number") }
        var buffer = Bytes(repeating: 0, count: sealed.count)
        let outcome: Result<LeaseRecord, StoreError> = buffer.withUnsafeMutableBytes { buffer in
            do throws(SealError) {
                let place = RecordPlace.table(
                    id: LeaseRecord.tableID, key: UInt64(bitPattern: id.rawValue))
                let count = try open(sealed, at: place, into: buffer)
                guard
                    let record = LeaseRecord.decode(
                        UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                else { return .failure(.damaged("a lease is malformed")) }
                return .success(record)
            } catch {
                return .failure(.damaged("a lease does not verify"))
            }
        }
        return (id, try outcome.get())
    }
}
