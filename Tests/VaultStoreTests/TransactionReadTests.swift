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
    }
}
