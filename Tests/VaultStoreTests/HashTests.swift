import Testing
import VaultSeal

@testable import VaultStore

@Suite struct HashTests {
    private func put(_ key: Int, _ count: Int) -> WriteRequest {
        .put(PutOperation(key: Array("k\(key)".utf8), value: Bytes(repeating: 3, count: count)))
    }

    /// The same changes in every store, more than one slice of them.
    private func fill(_ fixture: StoreFixture, last: Int = 9) throws {
        for start in stride(from: 0, to: 1_500, by: 100) {
            let puts = (start..<start + 100).map { number in
                Operation.put(PutOperation(key: Array("k\(number)".utf8), value: [1]))
            }
            _ = try fixture.write(.transaction(Transaction(success: puts)))
        }
        _ = try fixture.write(.delete(DeleteOperation(range: KeyRange(key: Array("k7".utf8)))))
        _ = try fixture.write(put(3, last))
    }

    private func finish(_ hash: KeyValueHash) throws -> UInt32 {
        while true { if let value = try hash.advance() { return value } }
    }

    @Test func theChecksumIsThePublishedOne() {
        var checksum = Checksum()
        #expect(checksum.value == 0)
        checksum.update("1234".utf8)
        checksum.update("56789".utf8)
        #expect(checksum.value == 0xE306_9283)
        var zeros = Checksum()
        zeros.update([UInt8](repeating: 0, count: 32))
        #expect(zeros.value == 0x8A91_36AA)
    }

    @Test func equalChangesHashEquallyAndOthersDoNot() throws {
        let (first, second, third) = (try StoreFixture(), try StoreFixture(), try StoreFixture())
        try fill(first)
        try fill(second)
        try fill(third, last: 10)
        let revision = first.store.revision
        let hash = try first.store.hash(upTo: .none)
        let value = try finish(hash)
        #expect(hash.revision == revision && hash.compactRevision == Revision(-1))
        #expect(try finish(second.store.hash(upTo: .none)) == value)
        #expect(try finish(second.store.hash(upTo: revision)) == value)
        #expect(try finish(third.store.hash(upTo: .none)) != value)
        // Only the last revision differs.
        let before = Revision(revision.rawValue - 1)
        let shorter = try finish(first.store.hash(upTo: before))
        #expect(try finish(third.store.hash(upTo: before)) == shorter)
        #expect(shorter != value)
        try first.reopen()
        #expect(try finish(first.store.hash(upTo: .none)) == value)
        #expect(try finish(first.store.hashOfEverything()) == value)
    }

    /// 0 is what a client has before it has asked.
    @Test func theHashOfNothingIsNotZero() throws {
        let empty = try StoreFixture()
        #expect(try finish(empty.store.hash(upTo: .none)) != 0)
        #expect(try finish(empty.store.hashOfEverything()) != 0)
    }

    @Test func compactionShortensTheSpanAndBoundsWhatMayBeAsked() throws {
        let (first, second) = (try StoreFixture(), try StoreFixture())
        try fill(first)
        try fill(second)
        let compacted = Revision(10)
        for fixture in [first, second] {
            _ = try fixture.write(.compact(compacted, physical: true))
        }
        let hash = try first.store.hash(upTo: .none)
        #expect(hash.compactRevision == compacted)
        #expect(try finish(hash) == finish(second.store.hash(upTo: .none)))
        // Nothing lies behind it.
        let ofNothing = try finish(StoreFixture().store.hash(upTo: .none))
        #expect(try finish(first.store.hash(upTo: compacted)) == ofNothing)
        #expect(throws: StoreError.compacted(oldestReadable: compacted)) {
            try first.store.hash(upTo: Revision(9))
        }
        #expect(throws: StoreError.futureRevision(current: first.store.revision)) {
            try first.store.hash(upTo: first.store.revision.next)
        }
    }

    /// What a compaction in the middle would remove stays until the hash is done.
    @Test func aCompactionMeanwhileChangesNothing() throws {
        let (first, second) = (try StoreFixture(), try StoreFixture())
        try fill(first)
        try fill(second)
        let value = try finish(second.store.hash(upTo: .none))
        var hash: KeyValueHash? = try first.store.hash(upTo: .none)
        #expect(try hash?.advance() == nil, "there is more than one slice")
        let isGone = Gate()
        first.store.submit(.compact(first.store.revision, physical: true)) { isGone.open($0) }
        _ = try first.write(put(4, 4))
        if let hash { #expect(try finish(hash) == value) }
        hash = nil
        _ = try isGone.wait().get()
    }
}
