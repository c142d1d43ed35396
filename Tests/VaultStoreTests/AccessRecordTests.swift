import LMDB
import Testing
import VaultStore
import VaultTestSupport

/// The rules of access that the store keeps for others.
@Suite struct AccessRecordTests {
    private func write(_ content: Bytes, to fixture: StoreFixture) throws {
        let result = try fixture.write(.replaceAccess(content))
        #expect(result == .accessReplaced(revision: fixture.store.revision))
    }

    @Test func aNewStoreHasNoRules() throws {
        let fixture = try StoreFixture()
        #expect(try fixture.store.accessRules() == nil)
    }

    @Test func theNewestRulesAreThereAfterReopeningAndMadeNoRevision() throws {
        let fixture = try StoreFixture()
        let before = fixture.store.revision
        try write([1, 2, 3], to: fixture)
        try write(Bytes(repeating: 7, count: 300_000), to: fixture)
        #expect(fixture.store.revision == before)
        try fixture.reopen()
        #expect(try fixture.store.accessRules() == Bytes(repeating: 7, count: 300_000))
    }

    @Test func rulesAreDefragmentedToo() throws {
        let fixture = try StoreFixture()
        try write([1, 2, 3], to: fixture)
        _ = try fixture.store.defragment()
        #expect(try fixture.store.accessRules() == [1, 2, 3])
        try fixture.reopen()
        #expect(try fixture.store.accessRules() == [1, 2, 3])
    }

    @Test func tooManyRulesAreRefused() throws {
        let fixture = try StoreFixture()
        try write([1], to: fixture)
        #expect(throws: StoreError.requestTooLarge) {
            try fixture.write(
                .replaceAccess(Bytes(repeating: 0, count: Limits.accessBytesMax + 1)))
        }
        #expect(try fixture.store.accessRules() == [1])
    }

    /// What somebody with the file gains by putting yesterday's rules back: a vault that says so.
    @Test(arguments: [true, false])
    func rulesOfEarlierOrNoneAreNoticed(putsBack: Bool) throws {
        let fixture = try StoreFixture()
        try write([1], to: fixture)
        fixture.store.close()
        let before = try sealedRules(in: fixture.directory)
        try fixture.openAgain()
        try write([2], to: fixture)
        fixture.store.close()
        try replaceRules(in: fixture.directory, with: putsBack ? before : nil)
        #expect(throws: StoreError.self) { try fixture.openAgain() }
    }

    private func environment(
        _ directory: String, _ body: (LMDB.Environment, Table) throws -> Void
    ) throws {
        let environment = try LMDB.Environment.open(
            directory: directory, mapBytes: 1 << 30, tablesMax: 8)
        defer { environment.close() }
        var transaction = try environment.beginWrite()
        let table = try transaction.openTable(named: "state", create: false)
        try transaction.commit()
        try body(environment, table)
    }

    private func sealedRules(in directory: String) throws -> Bytes {
        var found: Bytes?
        try environment(directory) { environment, table in
            let transaction = try environment.beginWrite()
            found = try Bytes("access".utf8).withUnsafeBytes { key in
                try transaction.get(table, key).map { Bytes($0) }
            }
        }
        return try #require(found)
    }

    /// LMDB itself finds nothing wrong with it, and neither does the head's transaction number.
    private func replaceRules(in directory: String, with sealed: Bytes?) throws {
        try environment(directory) { environment, table in
            var transaction = try environment.beginWrite()
            try Bytes("access".utf8).withUnsafeBytes { key in
                _ = try transaction.delete(table, key)
                if let sealed {
                    try transaction.reserve(table, key, count: sealed.count, isLast: false) {
                        $0.copyBytes(from: sealed)
                    }
                }
            }
            try transaction.commit()
        }
    }
}
