import Synchronization
import Testing

@testable import VaultStore

/// What one transaction reads holds up all writes, so it is bounded.
@Suite struct TransactionReadTests {
    private static let keys = 800

    private func fill(_ fixture: StoreFixture) throws -> Revision {
        for first in stride(from: 0, to: Self.keys, by: 100) {
            let puts = (first..<first + 100).map { number in
                Operation.put(PutOperation(key: Bytes("k/\(number)".utf8), value: [1]))
            }
            _ = try fixture.write(.transaction(Transaction(success: puts)))
        }
        return fixture.store.revision
    }

    private let put = Operation.put(PutOperation(key: [0x7a], value: [1]))

    private func count(_ revision: Revision = .none) -> Operation {
        var query = RangeQuery(range: .prefix(Bytes("k/".utf8)))
        query.countOnly = true
        query.revision = revision
        return .range(query)
    }

    /// So many reads of all keys are more than the limit.
    private var tooMany: Int { Limits.transactionKeysMax / Self.keys + 1 }

    @Test func rangesOfATransactionThatWritesAreBounded() throws {
        let fixture = try StoreFixture()
        let revision = try fill(fixture)
        let reads = Array(repeating: count(), count: tooMany)
        #expect(throws: StoreError.tooManyKeys) {
            try fixture.write(.transaction(Transaction(success: reads + [put])))
        }
        let nested = Transaction(success: reads)
        #expect(throws: StoreError.tooManyKeys) {
            try fixture.write(.transaction(Transaction(success: [put, .transaction(nested)])))
        }
        #expect(fixture.store.revision == revision)
        // The branch that is not taken reads nothing.
        _ = try fixture.write(
            .transaction(Transaction(success: [count(), put], failure: reads)))
        _ = try fixture.write(.transaction(Transaction(success: reads.dropLast() + [put])))
    }

    @Test func keysOfThePastCount() throws {
        let fixture = try StoreFixture()
        let revision = try fill(fixture)
        _ = try fixture.write(.delete(DeleteOperation(range: .all)))
        let reads = Array(repeating: count(revision), count: tooMany)
        #expect(throws: StoreError.tooManyKeys) {
            try fixture.write(.transaction(Transaction(success: reads + [put])))
        }
        let now = Array(repeating: count(), count: tooMany)
        _ = try fixture.write(.transaction(Transaction(success: now + [put])))
    }

    @Test func comparisonsOverRangesAreBounded() throws {
        let fixture = try StoreFixture()
        _ = try fill(fixture)
        let comparison = Comparison(
            range: .prefix(Bytes("k/".utf8)), outcome: .greater, target: .version(0))
        func transaction(_ count: Int) -> WriteRequest {
            .transaction(
                Transaction(
                    comparisons: Array(repeating: comparison, count: count), success: [put]))
        }
        #expect(throws: StoreError.tooManyKeys) { try fixture.write(transaction(tooMany)) }
        _ = try fixture.write(transaction(2))
        // Those of transactions inside of one count with its own, in either branch.
        guard case .transaction(let half) = transaction((tooMany + 1) / 2) else { return }
        for nested in [half, Transaction(failure: [.transaction(half)])] {
            var outer = half
            outer.failure = [.transaction(nested)]
            #expect(throws: StoreError.tooManyKeys) { try fixture.write(.transaction(outer)) }
        }
    }

    /// Nor is what one hands over without a bound.
    @Test func whatAWriteHandsOverIsBounded() throws {
        let fixture = try StoreFixture()
        let value = Bytes(repeating: 7, count: 4 << 20)
        for number in 0..<20 {
            _ = try fixture.write(
                .put(PutOperation(key: Bytes("k/\(10 + number)".utf8), value: value)))
        }
        let revision = fixture.store.revision
        let all = KeyRange.prefix(Bytes("k/".utf8))
        let read = Operation.range(RangeQuery(range: all))
        #expect(throws: StoreError.tooManyBytes) {
            try fixture.write(.transaction(Transaction(success: [read, put])))
        }
        let single = Operation.range(RangeQuery(range: KeyRange(key: Bytes("k/10".utf8))))
        #expect(throws: StoreError.tooManyBytes) {
            try fixture.write(
                .transaction(Transaction(success: Array(repeating: single, count: 20) + [put])))
        }
        var delete = DeleteOperation(range: all)
        delete.wantsPrevious = true
        #expect(throws: StoreError.tooManyBytes) { try fixture.write(.delete(delete)) }
        #expect(fixture.store.revision == revision)
        _ = try fixture.write(.transaction(Transaction(success: [single, put])))
        _ = try fixture.write(.delete(DeleteOperation(range: all)))
    }

    @Test func whoHasNoRoomForAnAnswerIsRefusedAlone() throws {
        let fixture = try StoreFixture()
        let (refused, served) = (Gate(), Gate())
        fixture.store.submit(.put(PutOperation(key: [1], value: [1])), hasRoom: { false }) {
            refused.open($0)
        }
        fixture.store.submit(.put(PutOperation(key: [2], value: [1])), hasRoom: { true }) {
            served.open($0)
        }
        #expect(refused.wait() == .failure(.answersUnread))
        _ = try served.wait().get()
    }

    /// What comes behind a long deletion is in a commit of its own, and its turn comes.
    @Test func aBatchEndsWithARequestThatIsMoreWorkThanItLooked() throws {
        let times = Mutex<Int64>(1_000)
        let fixture = try StoreFixture { configuration in
            configuration.wallClock = WallClock {
                times.withLock { time in
                    time += 1
                    return time
                }
            }
        }
        for first in stride(from: 0, to: Limits.batchWorkDoneMax, by: 100) {
            let puts = (first..<first + 100).map { number in
                Operation.put(PutOperation(key: Bytes("k/\(number)".utf8), value: []))
            }
            _ = try fixture.write(.transaction(Transaction(success: puts)))
        }
        let answers = try fixture.writeTogether([
            .delete(DeleteOperation(range: .prefix(Bytes("k/".utf8)))),
            .put(PutOperation(key: [1], value: [])), .put(PutOperation(key: [2], value: [])),
        ])
        for answer in answers { _ = try answer.get() }
        func time(_ key: Bytes) throws -> Int64? {
            try fixture.store.history(of: key).map(\.time).max()
        }
        let (deleted, first, second) = (
            try time(Bytes("k/0".utf8)), try time([1]), try time([2])
        )
        #expect(first == second && deleted != first)
    }
}
