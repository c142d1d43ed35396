import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultStore

/// Destroying a key: nothing of it can be read any more, and nothing else changes.
@Suite struct DestroyTests {
    private func put(_ store: Store, _ key: String, _ value: String) throws {
        _ = try store.write(
            .put(PutOperation(key: Bytes(key.utf8), value: Bytes(value.utf8))))
    }

    private func get(
        _ store: Store, _ range: KeyRange, at revision: Revision = .none
    ) throws -> [KeyValue] {
        var query = RangeQuery(range: range)
        query.revision = revision
        var sink = KeyValueSink()
        _ = try store.range(query, into: &sink)
        return sink.keyValues
    }

    private func destroy(_ store: Store, _ key: String) throws -> WriteResult {
        try store.write(.destroy(Bytes(key.utf8)))
    }

    @Test func noRevisionHasTheKeyAnyMore() throws {
        let fixture = try StoreFixture()
        for value in ["1", "2", "3"] { try put(fixture.store, "k", value) }
        try put(fixture.store, "other", "x")
        #expect(
            try destroy(fixture.store, "k")
                == .destroyed(DestroyResult(revision: Revision(6), versions: 3)))
        for isReopened in [false, true] {
            if isReopened { try fixture.reopen() }
            for revision in 2...6 {
                let found = try get(fixture.store, .all, at: Revision(Int64(revision)))
                #expect(found.allSatisfy { $0.key == Bytes("other".utf8) })
            }
            #expect(fixture.store.status().recordCount == 2)
            #expect(fixture.store.status().keyCount == 1)
        }
    }

    @Test func afterItTheKeyBeginsAnew() throws {
        let fixture = try StoreFixture()
        for value in ["1", "2"] { try put(fixture.store, "k", value) }
        _ = try destroy(fixture.store, "k")
        try put(fixture.store, "k", "3")
        for isReopened in [false, true] {
            if isReopened { try fixture.reopen() }
            let found = try get(fixture.store, .all)
            #expect(found.map(\.version) == [1])
            #expect(found.map(\.createRevision) == [Revision(5)])
        }
    }

    @Test func whatIsDeletedAlreadyLeavesNothing() throws {
        let fixture = try StoreFixture()
        try put(fixture.store, "k", "1")
        _ = try fixture.write(.delete(DeleteOperation(range: KeyRange(key: Bytes("k".utf8)))))
        #expect(
            try destroy(fixture.store, "k")
                == .destroyed(DestroyResult(revision: Revision(3), versions: 2)))
        #expect(fixture.store.status().recordCount == 0)
        #expect(throws: StoreError.keyNotFound) { try destroy(fixture.store, "k") }
        try fixture.reopen()
        #expect(fixture.store.revision == Revision(3))
    }

    @Test func whatIsNotThereCannotBeDestroyed() throws {
        let fixture = try StoreFixture()
        #expect(throws: StoreError.keyNotFound) { try destroy(fixture.store, "k") }
        #expect(throws: StoreError.emptyKey) { try destroy(fixture.store, "") }
    }

    @Test func oneCommitMayDestroyAndWriteAgain() throws {
        let fixture = try StoreFixture()
        try put(fixture.store, "k", "1")
        let key = Bytes("k".utf8)
        let answers = try fixture.writeTogether([
            .destroy(key), .destroy(key), .put(PutOperation(key: key, value: [2])),
            .destroy(key), .put(PutOperation(key: key, value: [3])),
        ])
        #expect(
            try answers[0].get()
                == .destroyed(DestroyResult(revision: Revision(3), versions: 1)))
        #expect(throws: StoreError.keyNotFound) { try answers[1].get() }
        for isReopened in [false, true] {
            if isReopened { try fixture.reopen() }
            let found = try get(fixture.store, .all)
            #expect(found.map(\.value) == [[3]])
            #expect(found.map(\.version) == [1])
            #expect(try get(fixture.store, .all, at: Revision(4)) == [])
        }
    }

    @Test func aCommitThatFailsDestroysNothing() throws {
        let fault = CommitFault()
        let fixture = try StoreFixture { $0.commitFault = fault.take }
        try put(fixture.store, "k", "1")
        fault.fail(.diskFull, after: 0)
        #expect(throws: StoreError.diskFull) { try destroy(fixture.store, "k") }
        #expect(try get(fixture.store, .all).map(\.value) == [Bytes("1".utf8)])
        try fixture.reopen()
        #expect(try get(fixture.store, .all).map(\.value) == [Bytes("1".utf8)])
    }

    @Test func aReadUnderWayMayBeAskedToTryAgain() throws {
        let fixture = try StoreFixture()
        for number in 0..<2_000 { try put(fixture.store, "k\(number)", "1") }
        var query = RangeQuery(range: .all)
        query.sortOrder = .descending
        let scan = try fixture.store.scan(query)
        var sink = KeyValueSink()
        _ = try scan.next(into: &sink)
        _ = try destroy(fixture.store, "k0")
        #expect(throws: StoreError.destroyedMeanwhile) {
            while try scan.next(into: &sink) == nil {}
        }
        #expect(fixture.store.status().keyCount == 1_999)
    }

    @Test func noOldPageIsLeftAfterRotationRewrapAndDefragmentation() throws {
        let fixture = try RotatingFixture()
        try put(fixture.store, "k", "secret")
        for number in 0..<50 { try put(fixture.store, "other\(number)", "x") }
        var sealed: Bytes = []
        try fixture.store.log.scan(from: 2) { (_, bytes) throws(StoreError) in
            sealed = Bytes(bytes)
            return false
        }
        let nonce = Bytes(sealed[12..<36])
        _ = try destroy(fixture.store, "k")
        #expect(try contains(fixture, nonce), "the old page is expected to be there still")
        _ = try fixture.keyring.rotateDataKey()
        try fixture.rewrap()
        _ = try fixture.store.defragment()
        #expect(try !contains(fixture, nonce))
        #expect(try fixture.keyring.dataKeys().map(\.number) == [2])
    }

    private func contains(_ fixture: RotatingFixture, _ needle: Bytes) throws -> Bool {
        let file = try Files.read(fixture.directory + "/data.mdb")
        return file.indices.contains { start in
            file[start] == needle[0] && file[start...].starts(with: needle)
        }
    }
}
