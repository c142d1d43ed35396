import Synchronization
import Testing
import VaultTestSupport

@testable import VaultStore

@Suite struct TransactionCheckTests {
    private static func put(_ key: Bytes) -> VaultStore.Operation {
        .put(PutOperation(key: key, value: []))
    }

    private static func refusal(_ transaction: Transaction) -> StoreError? {
        do throws(StoreError) {
            try RequestChecks.check(transaction)
            return nil
        } catch {
            return error
        }
    }

    /// A random branch over few keys, so that about half of the transactions are refused.
    private static func branch(
        _ random: inout SeededRandom, depth: Int
    ) -> [VaultStore.Operation] {
        (0..<random.pick(0...4)).map { _ in
            let key = random.pick(keys)
            switch random.next() % (depth == 0 ? 5 : 8) {
            case 0...2: return put(key)
            case 3:
                let end = random.pick([[], [], [0]] + keys)
                return .delete(DeleteOperation(range: KeyRange(key: key, rangeEnd: end)))
            case 4: return .range(RangeQuery(range: .all))
            default:
                return .transaction(
                    Transaction(
                        success: branch(&random, depth: depth - 1),
                        failure: branch(&random, depth: depth - 1)))
            }
        }
    }

    private static let keys: [Bytes] = [
        [0], [1], [1, 0], [1, 0, 0], [1, 1], [2], [2, 0], [3, 255], [4], [5], [6], [7], [8], [9],
    ]

    @Test(arguments: TestSeed.seeds(20, for: "touched keys"))
    func keysThatAreTouchedTwiceAreFoundAsOneByOne(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var refused = 0
        for round in 0..<1_000 {
            let depth = random.pick(0...3)
            let transaction = Transaction(
                success: Self.branch(&random, depth: depth),
                failure: Self.branch(&random, depth: depth))
            let expected: StoreError? = TouchModel.isRefused(transaction) ? .duplicateKey : nil
            #expect(Self.refusal(transaction) == expected, "seed \(seed), round \(round)")
            if expected != nil { refused += 1 }
        }
        #expect((100...900).contains(refused), "seed \(seed): one of both is hardly met")
    }

    /// Eight nested ones with 120 puts each, and with ranges in their other branches: few enough
    /// for etcd.
    private static func large(ranges: Int) -> Transaction {
        let range = VaultStore.Operation.range(RangeQuery(range: KeyRange(key: [1])))
        return Transaction(
            success: (0..<8).map { group in
                .transaction(
                    Transaction(
                        success: Array(repeating: range, count: group == 0 ? ranges : 0),
                        failure: (0..<120).map { put([group, $0]) }))
            })
    }

    @Test func whatIsNestedCountsTogether() throws {
        let fixture = try StoreFixture()
        let rest = Limits.transactionSizeMax - 8 * 121
        _ = try fixture.write(.transaction(Self.large(ranges: rest)))
        #expect(throws: StoreError.tooManyOperations) {
            try fixture.write(.transaction(Self.large(ranges: rest + 1)))
        }
        #expect(throws: StoreError.tooManyOperations) {
            try Self.large(ranges: rest + 1).requireBoundedSize()
        }
    }

    /// A writer that does nothing just now is not needed for the refusal.
    @Test func whatIsWrongIsFoundBeforeTheWriterHasIt() throws {
        let fixture = try StoreFixture()
        let twice = Transaction(success: [Self.put([1]), Self.put([1])])
        let answer = Mutex<Result<WriteResult, StoreError>?>(nil)
        _ = try fixture.writeTogether([]) {
            fixture.store.submit(.transaction(twice)) { result in
                answer.withLock { $0 = result }
            }
            #expect(answer.withLock { $0 } == .failure(.duplicateKey))
        }
    }
}
