import LMDB
import VaultSeal

extension RecordLog {
    var digester: RecordDigester { RecordDigester(cipher: cipher, key: stateHashKey) }

    /// What the access record adds, as the transaction sees it; nothing when there is none.
    func accessDigest(
        in transaction: borrowing WriteTransaction
    ) throws(StoreError) -> StateHash {
        let sealed: UnsafeRawBufferPointer?
        do throws(LMDBError) {
            sealed = try AccessRecord.key.withBytes { (key) throws(LMDBError) in
                try transaction.get(state, key)
            }
        } catch { throw StoreError(error) }
        guard let sealed else { return .zero }
        return try digester.digest(ofSealed: sealed, at: AccessRecord.place) { "the access record" }
    }
}
