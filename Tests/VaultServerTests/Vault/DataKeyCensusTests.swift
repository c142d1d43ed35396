import Testing

@testable import VaultServer

@Suite struct DataKeyCensusTests {
    @Test func aCountIsMadeDoWithForAWhileAndForTheSameKeysOnly() {
        let start = ContinuousClock.now
        var census = DataKeyCensus()
        #expect(census.records(generation: 3, now: start) == nil)
        census.note(
            [1: 5, 2: 7], generation: 3, began: start, ended: start + .seconds(2))
        let end = start + .seconds(2) + .seconds(2) * Limits.censusPauseFactor
        #expect(census.records(generation: 3, now: end - .seconds(1)) == [1: 5, 2: 7])
        #expect(census.records(generation: 3, now: end) == nil)
        #expect(census.records(generation: 4, now: start + .seconds(3)) == nil)
    }
}
