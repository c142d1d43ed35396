import Glibc
import Synchronization
import Testing
import VaultStore
import VaultTestSupport

@Suite struct StoreTests {
    private func put(_ key: String, _ count: Int = 1) -> WriteRequest {
        .put(PutOperation(key: Array(key.utf8), value: Bytes(repeating: 1, count: count)))
    }

    @Test func aFullQuotaRefusesPutsButNotDeletesAndEndsWithCompaction() throws {
        let fixture = try StoreFixture(quotaBytes: 20_000)
        var error: StoreError?
        for number in 0..<200 where error == nil {
            do { _ = try fixture.write(put("key\(number)", 300)) } catch let refusal as StoreError {
                error = refusal
            }
        }
        #expect(error == .noSpace)
        #expect(fixture.store.status().noSpace)
        let both = Transaction(
            success: [.delete(DeleteOperation(range: .all))],
            failure: [.put(PutOperation(key: [1], value: []))])
        #expect(throws: StoreError.noSpace) { try fixture.write(.transaction(both)) }
        _ = try fixture.write(.delete(DeleteOperation(range: .all)))
        #expect(throws: StoreError.noSpace) { try fixture.write(put("after")) }
        let revision = fixture.store.status().revision
        _ = try fixture.write(.compact(revision, physical: true))
        _ = try fixture.write(put("after"))
        #expect(!fixture.store.status().noSpace)
    }

    @Test func aRefusedRequestFailsAloneInItsBatch() throws {
        let fixture = try StoreFixture()
        let outcomes = Mutex<[Int: Result<WriteResult, StoreError>]>([:])
        // Queued without waiting, so that some share a commit.
        for number in 0..<300 {
            let request: WriteRequest
            switch number % 3 {
            case 0: request = put("key \(number)")
            case 1: request = .put(PutOperation(key: [], value: [1]))
            default:
                request = .transaction(
                    Transaction(success: [
                        .put(PutOperation(key: [9, UInt8(number % 256)], value: [])),
                        .transaction(Transaction(success: [.range(Self.future)])),
                    ]))
            }
            fixture.store.submit(request) { result in outcomes.withLock { $0[number] = result } }
        }
        _ = try fixture.write(put("last"))
        outcomes.withLock { outcomes in
            for number in 0..<300 {
                switch (number % 3, outcomes[number]) {
                case (0, .success): break
                case (1, .failure(.emptyKey)): break
                case (2, .failure(.futureRevision)): break
                default: Issue.record("request \(number) ended in \(outcomes[number] as Any)")
                }
            }
        }
        #expect(fixture.store.status().revision == Revision(1 + 100 + 1))
        #expect(fixture.store.status().keyCount == 101)
    }

    private static var future: RangeQuery {
        var query = RangeQuery(range: .all)
        query.revision = Revision(1 << 40)
        return query
    }

    @Test func afterClosingEverythingIsRefused() throws {
        let fixture = try StoreFixture()
        fixture.store.close()
        #expect(throws: StoreError.closed) { try fixture.write(put("key")) }
        #expect(throws: StoreError.closed) {
            var sink = KeyValueSink()
            _ = try fixture.store.range(RangeQuery(range: .all), into: &sink)
        }
        #expect(throws: StoreError.closed) { _ = try fixture.store.scan(RangeQuery(range: .all)) }
    }

    @Test func aLargeReadIsLeftToAScan() throws {
        let fixture = try StoreFixture()
        for start in stride(from: 0, to: 2_048, by: 128) {
            _ = try fixture.write(
                .transaction(
                    Transaction(
                        success: (start..<(start + 128)).map {
                            .put(PutOperation(key: Array("key\($0)".utf8), value: [1]))
                        })))
        }
        var sink = KeyValueSink()
        #expect(try fixture.store.range(RangeQuery(range: .all), into: &sink) == nil)
        #expect(sink.keyValues.isEmpty, "nothing was given away before")
        var count = RangeQuery(range: .all)
        count.countOnly = true
        #expect(try fixture.store.range(count, into: &sink)?.count == 2_048)
        var few = RangeQuery(range: .all)
        few.limit = 10
        let summary = try fixture.store.range(few, into: &sink)
        #expect(summary == RangeSummary(count: 2_048, more: true, revision: Revision(17)))
        #expect(sink.keyValues.count == 10)
    }

    @Test func compactionWaitsForAScanAndThenRemoves() throws {
        let fixture = try StoreFixture()
        for number in 0..<1_000 { _ = try fixture.write(put("key\(number % 500)")) }
        do {
            let scan = try fixture.store.scan(RangeQuery(range: .all))
            var sink = KeyValueSink()
            _ = try scan.next(into: &sink)
            _ = try fixture.write(.delete(DeleteOperation(range: .all)))
            let revision = fixture.store.status().revision
            _ = try fixture.write(.compact(revision, physical: false))
            while try scan.next(into: &sink) == nil {}
            #expect(sink.keyValues.count == 500, "the scan saw what it began with")
        }
        let revision = fixture.store.status().revision
        _ = try fixture.write(put("one more"))
        _ = try fixture.write(.compact(Revision(revision.rawValue + 1), physical: true))
        #expect(fixture.store.status().recordCount == 1)
    }

    /// Reads at the current revision race writes and compactions to that very revision.
    @Test func currentReadsNeverFailUnderCompaction() throws {
        let fixture = try StoreFixture()
        let store = fixture.store
        let isDone = Atomic<Bool>(false)
        let failures = Mutex<[StoreError]>([])
        _ = try fixture.write(put("a"))
        let threads = (0..<3).map { _ in
            TestThread {
                while !isDone.load(ordering: .acquiring) {
                    do throws(StoreError) {
                        var sink = KeyValueSink()
                        let summary = try store.range(RangeQuery(range: .all), into: &sink)
                        if summary.map({ $0.count != Int64(sink.keyValues.count) }) ?? false {
                            throw .damaged("count and records differ")
                        }
                        _ = try store.read(
                            Transaction(success: [.range(RangeQuery(range: .all))]))
                        let scan = try store.scan(RangeQuery(range: .all))
                        while try scan.next(into: &sink) == nil {}
                    } catch {
                        failures.withLock { $0.append(error) }
                    }
                }
            }
        }
        for number in 0..<600 {
            _ = try fixture.write(put("a"))
            _ = try fixture.write(put("b\(number % 7)"))
            if number % 5 == 0 {
                _ = try fixture.write(.delete(DeleteOperation(range: .prefix([0x62]))))
            }
            _ = try fixture.write(.compact(store.status().revision, physical: false))
        }
        isDone.store(true, ordering: .releasing)
        for thread in threads { thread.join() }
        #expect(failures.withLock { $0 } == [])
    }
}
