import LMDB
import VaultSeal

extension RecordLog {
    /// Appends a row that is sealed already, after every other of its table.
    func append(
        _ sealed: UnsafeRawBufferPointer, under key: UnsafeRawBufferPointer, in table: Table,
        to transaction: inout WriteTransaction
    ) throws(StoreError) {
        try Self.reserve(table, key, count: sealed.count, isLast: true, in: &transaction) {
            $0.copyMemory(from: sealed)
        }
    }

    /// Puts the file of `copy`, which is whole and durable, in the place of this one's. No write
    /// may be under way. When it throws, nothing has changed. Returns the old file.
    func replaceFile(with copy: RecordLog) throws(StoreError) -> RetiredFile {
        // Tables are numbered as they are opened, in the same order for each file.
        precondition(
            copy.log == log && copy.state == state && copy.leases == leases,
            "a copy has the tables of its model")
        do throws(LMDBError) { return try environment.replace(with: copy.environment) } catch {
            throw StoreError(error)
        }
    }

    /// Makes the name of a file that was replaced durable.
    func synchronizeDirectory() throws(StoreError) {
        do throws(LMDBError) { try environment.synchronizeDirectory() } catch {
            throw StoreError(error)
        }
    }
}
