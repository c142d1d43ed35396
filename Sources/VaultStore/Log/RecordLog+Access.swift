import LMDB
import VaultSeal

#if canImport(Glibc)
    import Glibc
#endif

extension RecordLog {
    /// Replaces the access record; returns what the new one adds to the state hash.
    func put(
        _ record: AccessRecord, into transaction: inout WriteTransaction
    ) throws(StoreError) -> StateHash {
        let cipher = cipher
        var payload = record.encode()
        let outcome: Result<StateHash, StoreError> = AccessRecord.key.withUnsafeBytes { key in
            payload.withUnsafeMutableBytes { payload in
                defer {
                    if let base = payload.baseAddress { explicit_bzero(base, payload.count) }
                }
                do throws(StoreError) {
                    try Self.reserve(
                        state, key, count: RecordCipher.sealedCount(payloadCount: payload.count),
                        isLast: false, in: &transaction
                    ) { (output) throws(SealError) in
                        try cipher.seal(
                            UnsafeRawBufferPointer(payload), at: AccessRecord.place, into: output)
                    }
                    return .success(
                        try digester.digest(
                            ofPayload: UnsafeRawBufferPointer(payload), at: AccessRecord.place))
                } catch { return .failure(error) }
            }
        }
        return try outcome.get()
    }

    /// The access record; nil when none was ever written.
    func accessRecord() throws(StoreError) -> AccessRecord? {
        try withSealedAccess { (sealed) throws(StoreError) in try cipher.openAccess(sealed) }
    }

    /// Lends the access record as it lies in the file.
    func withSealedAccess<R>(
        _ body: (UnsafeRawBufferPointer) throws(StoreError) -> R
    ) throws(StoreError) -> R? {
        try environment.read(failure: StoreError.init) { (snapshot) throws(StoreError) -> R? in
            let outcome: Result<R?, StoreError> = AccessRecord.key.withUnsafeBytes { key in
                do throws(StoreError) {
                    let sealed: UnsafeRawBufferPointer?
                    do throws(LMDBError) { sealed = try snapshot.get(state, key) } catch {
                        throw StoreError(error)
                    }
                    guard let sealed else { return .success(nil) }
                    return .success(try body(sealed))
                } catch { return .failure(error) }
            }
            return try outcome.get()
        }
    }
}

extension RecordCipher {
    /// Opens the access record, as the unseal scan meets it.
    func openAccess(_ sealed: UnsafeRawBufferPointer) throws(StoreError) -> AccessRecord {
        var buffer = Bytes(repeating: 0, count: sealed.count)
        let outcome: Result<AccessRecord, StoreError> = buffer.withUnsafeMutableBytes { buffer in
            defer {
                if let base = buffer.baseAddress { explicit_bzero(base, buffer.count) }
            }
            do throws(SealError) {
                let count = try open(sealed, at: AccessRecord.place, into: buffer)
                guard
                    let record = AccessRecord.decode(
                        UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                else { return .failure(.damaged("the access rules are malformed")) }
                return .success(record)
            } catch {
                return .failure(.damaged("the access rules do not verify"))
            }
        }
        return try outcome.get()
    }
}
