import Testing
import VaultTestSupport

@testable import VaultStore

/// Bugs that etcd has had, where no other test is the place for them (docs/bugs.md).
@Suite struct EtcdBugTests {
    private func put(_ key: String, _ value: String = "v") -> WriteRequest {
        .put(PutOperation(key: Bytes(key.utf8), value: Bytes(value.utf8)))
    }

    private func content(_ fixture: StoreFixture) throws -> [KeyValue] {
        var sink = KeyValueSink()
        let scan = try fixture.store.scan(RangeQuery(range: .all))
        while try scan.next(into: &sink) == nil {}
        return sink.keyValues
    }

    /// etcd #18667: a transaction that put something and then read a revision that was compacted,
    /// or not there yet, left the put behind.
    @Test(arguments: [2, 99] as [Int64], [false, true])
    func aTransactionThatCannotReadWritesNothing(revision: Int64, isNested: Bool) throws {
        let fixture = try StoreFixture()
        for value in 1...5 { _ = try fixture.write(put("a", "\(value)")) }
        _ = try fixture.write(.compact(Revision(4), physical: true))
        let before = (fixture.store.status().revision, try content(fixture))
        var query = RangeQuery(range: .all)
        query.revision = Revision(revision)
        let read =
            isNested
            ? Operation.transaction(Transaction(success: [.range(query)])) : .range(query)
        let new = PutOperation(key: Bytes("b".utf8), value: [])
        let gone = DeleteOperation(range: KeyRange(key: Bytes("a".utf8)))
        let expected: StoreError =
            revision == 2
            ? .compacted(oldestReadable: Revision(4))
            : .futureRevision(current: before.0)
        for operations in [[.put(new), .delete(gone), read], [read, .put(new), .delete(gone)]] {
            #expect(throws: expected) {
                try fixture.write(.transaction(Transaction(success: operations)))
            }
            for _ in 0..<2 {
                #expect(fixture.store.status().revision == before.0)
                #expect(try content(fixture) == before.1)
                try fixture.reopen()
            }
        }
        // The branch that is not taken is not read.
        let untaken = Transaction(success: [.put(new)], failure: [read])
        _ = try fixture.write(.transaction(untaken))
        #expect(fixture.store.status().revision.rawValue == before.0.rawValue + 1)
    }

    /// etcd #17780: with everything deleted and compacted away there was no record of the current
    /// revision left, and after a restart it was lower.
    @Test func theRevisionStaysWhenNothingIsLeftAtIt() throws {
        let fixture = try StoreFixture()
        for number in 0..<20 { _ = try fixture.write(put("k\(number)")) }
        _ = try fixture.write(.delete(DeleteOperation(range: .all)))
        let revision = fixture.store.status().revision
        #expect(revision == Revision(22))
        _ = try fixture.write(.compact(revision, physical: true))
        for round in 0..<3 {
            try fixture.reopen()
            #expect(fixture.store.status().revision == Revision(22 + 2 * Int64(round)))
            _ = try fixture.write(put("k"))
            _ = try fixture.write(.delete(DeleteOperation(range: .all)))
            let next = fixture.store.status().revision
            #expect(next == Revision(24 + 2 * Int64(round)))
            _ = try fixture.write(.compact(next, physical: false))
        }
    }
}
