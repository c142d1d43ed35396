import Testing

@testable import VaultStore

@Suite struct DestructionsTests {
    private let place = LogPosition(main: 3, sub: 0)
    private let other = LogPosition(main: 4, sub: 0)

    @Test func aRecordMayBeMissingFromTheBeginningOfADestructionOn() {
        let destructions = Destructions()
        let before = destructions.mark
        #expect(!destructions.mayHaveTaken(place, since: before))
        destructions.begin([place])
        let meanwhile = destructions.mark
        #expect(destructions.mayHaveTaken(place, since: meanwhile))
        #expect(!destructions.mayHaveTaken(other, since: meanwhile))
        destructions.end()
        #expect(destructions.mayHaveTaken(place, since: before))
        #expect(destructions.mayHaveTaken(place, since: meanwhile))
        // Whoever looks it up now does not find it in the index.
        #expect(!destructions.mayHaveTaken(place, since: destructions.mark))
    }

    @Test(arguments: [false, true]) func aStoreForgetsWhatItDestroyed(isRefused: Bool) throws {
        let fault = CommitFault()
        let fixture = try StoreFixture { $0.commitFault = fault.take }
        let key = Bytes("k".utf8)
        _ = try fixture.store.write(.put(PutOperation(key: key, value: [1])))
        let place = LogPosition(main: fixture.store.revision.rawValue, sub: 0)
        let destructions = fixture.store.log.destructions
        let before = destructions.mark
        if isRefused {
            fault.fail(.diskFull, after: 0)
            #expect(throws: StoreError.diskFull) { try fixture.store.write(.destroy(key)) }
        } else {
            _ = try fixture.store.write(.destroy(key))
        }
        #expect(!destructions.isUnderWay(at: place))
        #expect(destructions.mark != before)
    }
}
