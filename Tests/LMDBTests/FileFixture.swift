import LMDB
import Testing
import VaultTestSupport

/// A file with two tables in a directory of its own.
final class FileFixture {
    let directory: TemporaryDirectory
    private(set) var environment: LMDB.Environment
    let tables: [Table]

    static let names = ["first", "second"]
    static let mapBytes = 1 << 30

    init(mapBytes: Int = FileFixture.mapBytes) throws {
        directory = try TemporaryDirectory()
        environment = try LMDB.Environment.open(
            directory: directory.path, mapBytes: mapBytes, tablesMax: 4)
        var transaction = try environment.beginWrite()
        var tables: [Table] = []
        for name in Self.names {
            tables.append(try transaction.openTable(named: name, create: true))
        }
        try transaction.commit()
        self.tables = tables
    }

    var path: String { directory.file("data.mdb") }

    func commit(_ change: (inout WriteTransaction) throws(LMDBError) -> Void) throws(LMDBError) {
        var transaction = try environment.beginWrite()
        try change(&transaction)
        environment.reserveGrowth()
        try transaction.commit()
        try environment.synchronize()
    }

    func get(_ table: Table, _ key: [UInt8]) throws(LMDBError) -> [UInt8]? {
        try environment.read(failure: { $0 }) { (snapshot) throws(LMDBError) -> [UInt8]? in
            let outcome: Result<[UInt8]?, LMDBError> = key.withUnsafeBytes { key in
                do throws(LMDBError) {
                    return .success(try snapshot.get(table, key).map { Array($0) })
                } catch { return .failure(error) }
            }
            return try outcome.get()
        }
    }
}

extension WriteTransaction {
    mutating func put(
        _ table: Table, _ key: [UInt8], _ value: [UInt8], isLast: Bool = false
    ) throws(LMDBError) {
        var failure: LMDBError?
        key.withUnsafeBytes { key in
            do throws(LMDBError) {
                try reserve(table, key, count: value.count, isLast: isLast) {
                    $0.copyBytes(from: value)
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
    }

    mutating func remove(_ table: Table, _ key: [UInt8]) throws(LMDBError) -> Bool {
        var outcome: Result<Bool, LMDBError> = .success(false)
        key.withUnsafeBytes { key in
            do throws(LMDBError) { outcome = .success(try delete(table, key)) } catch {
                outcome = .failure(error)
            }
        }
        return try outcome.get()
    }
}
