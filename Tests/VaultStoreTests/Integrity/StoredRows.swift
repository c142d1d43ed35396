import LMDB
import Testing
import VaultSeal

@testable import VaultStore

/// Every row of a store's file as somebody without a key sees it: places and sealed bytes.
struct StoredRows: Equatable {
    var log: [Bytes: Bytes] = [:]
    var state: [Bytes: Bytes] = [:]
    var leases: [Bytes: Bytes] = [:]
    /// The number of the commit.
    var transaction: UInt64 = 0

    /// What an open store's file holds.
    init(of log: RecordLog) throws {
        let rows = try log.environment.read(failure: StoreError.init) {
            (snapshot) throws(StoreError) -> [[Bytes: Bytes]] in
            var found: [[Bytes: Bytes]] = []
            for table in [log.log, log.state, log.leases] {
                found.append(try Self.rows(of: table, snapshot))
            }
            return found
        }
        (self.log, state, leases) = (rows[0], rows[1], rows[2])
        let sealed = try #require(state[RecordLog.headKey])
        let head = try sealed.withUnsafeBytes { try log.cipher.openHead($0) }
        transaction = head.transaction
    }

    private static func rows(
        of table: Table, _ snapshot: borrowing ReadTransaction
    ) throws(StoreError) -> [Bytes: Bytes] {
        var rows: [Bytes: Bytes] = [:]
        try [0 as UInt8].withBytes { (start) throws(StoreError) in
            try snapshot.visit(table, from: start, failure: StoreError.init) {
                (key, value) throws(StoreError) in
                rows[Bytes(key)] = Bytes(value)
                return true
            }
        }
        return rows
    }

    /// Writes the rows to a file of its own, whose structure is sound and whose commit bears the
    /// number that the sealed head names: nothing tells it from vaultd's own but what is sealed.
    func write(to directory: String, cipher: RecordCipher, stateHashKey: StateHashKey) throws {
        let file = try RecordLog.open(
            in: directory, cipher: cipher, stateHashKey: stateHashKey, create: true)
        // LMDB keeps commit n in the meta page n & 1; the tables were made by the first.
        let isSplit = transaction & 1 == 1
        var writing = try file.begin()
        try Self.put(log, to: file.log, &writing)
        try Self.put(leases, to: file.leases, &writing)
        if isSplit {
            try file.commit(writing)
            writing = try file.begin()
        }
        try Self.put(state, to: file.state, &writing)
        try file.commit(writing)
        file.environment.close()
    }

    private static func put(
        _ rows: [Bytes: Bytes], to table: Table, _ writing: inout WriteTransaction
    ) throws {
        for (key, value) in rows.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            try key.withBytes { (key) throws(LMDBError) in
                try writing.reserve(table, key, count: value.count, isLast: true) {
                    $0.copyBytes(from: value)
                }
            }
        }
    }

    /// Gives both meta pages of a file the numbers that make `transaction` the newest commit.
    static func number(_ file: inout [UInt8], as transaction: UInt64) {
        let (first, second) = (144, 4096 + 144)
        func number(_ offset: Int) -> UInt64 {
            file.withUnsafeBytes {
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            }
        }
        let isFirst = number(first) > number(second)
        for (offset, value) in [
            (isFirst ? first : second, transaction),
            (isFirst ? second : first, transaction - 1),
        ] {
            file.withUnsafeMutableBytes {
                $0.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt64.self)
            }
        }
    }
}
