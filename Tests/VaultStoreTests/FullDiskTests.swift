import Synchronization
import Testing
import VaultTestSupport

@testable import VaultStore

/// A disk that is full while a compaction removes records. It goes on when there is room; until
/// then the vault is as on any full disk.
@Suite struct FullDiskTests {
    /// A compaction of so many takes three steps.
    private static let keyCount = 2 * Limits.sweepEntriesMax + 100

    private static func key(_ number: Int) -> Bytes { Bytes("k\(10_000 + number)".utf8) }

    /// Two stores with the same records: of one the disk may be full, of the other it never is.
    private struct Pair {
        let fault = CommitFault()
        let fixture: StoreFixture
        let twin: StoreFixture

        var store: Store { fixture.store }

        init(retention: [RetentionRule] = []) throws {
            let fault = fault
            fixture = try StoreFixture {
                $0.commitFault = fault.take
                $0.retention = retention
            }
            twin = try StoreFixture { $0.retention = retention }
        }

        func write(_ request: WriteRequest) throws {
            _ = try fixture.write(request)
            _ = try twin.write(request)
        }

        /// Every key twice, some of them deleted, and a change after that.
        func fill() throws {
            for value in [1, 2] as [UInt8] {
                for start in stride(from: 0, to: FullDiskTests.keyCount, by: 100) {
                    let end = min(start + 100, FullDiskTests.keyCount)
                    let puts = (start..<end).map { number in
                        Operation.put(PutOperation(key: key(number), value: [value]))
                    }
                    try write(.transaction(Transaction(success: puts)))
                }
            }
            let deleted = KeyRange(key: key(1_000), rangeEnd: key(1_050))
            try write(.delete(DeleteOperation(range: deleted)))
            try write(.put(PutOperation(key: Bytes("last".utf8), value: [3])))
        }

        /// Forgets everything before the newest revision, on a disk that is full after `steps`.
        func compact(fullAfter steps: Int) throws {
            let floor = store.revision
            _ = try twin.write(.compact(floor, physical: true))
            fault.fillDisk(after: 1 + steps)
            _ = try fixture.write(.compact(floor, physical: false))
            #expect(Waiting.until(.seconds(60)) { fault.isDiskFull })
        }

        /// The same, and who waits for the removal hears of it.
        func expectAWaitingCompactionToFail() throws {
            let floor = store.revision
            _ = try twin.write(.compact(floor, physical: true))
            fault.fillDisk(after: 1)
            let answer = Mutex<Result<WriteResult, StoreError>?>(nil)
            store.submit(.compact(floor, physical: true)) { result in
                answer.withLock { $0 = result }
            }
            #expect(Waiting.until(.seconds(60)) { answer.withLock { $0 != nil } })
            #expect(answer.withLock { $0 } == .failure(.diskFull))
            #expect(store.status().compactRevision == floor)
        }

        /// Nobody is told anything that is not so, and what needs no room is answered.
        func expectAFullDiskAndNothingElse() throws {
            #expect(store.status().failure == nil)
            #expect(throws: StoreError.diskFull) {
                try fixture.write(.put(PutOperation(key: [1], value: [1])))
            }
            try expectTheSameAnswers()
            #expect(store.status().recordCount > twin.store.status().recordCount)
        }

        func expectTheSameAnswers() throws {
            #expect(try values(store) == values(twin.store))
            #expect(store.status().keyCount == twin.store.status().keyCount)
            #expect(try finish(store.hash(upTo: .none)) == finish(twin.store.hash(upTo: .none)))
            let report = try verify(store)
            #expect(report.isClean, "\(report)")
        }

        /// Without a restart, and with the same records in the end.
        func expectTheCompactionToFinish() throws {
            let target = twin.store.status()
            #expect(
                Waiting.until(.seconds(60)) {
                    store.status().recordCount == target.recordCount
                })
            try expectTheSameRecords()
            _ = try fixture.write(.put(PutOperation(key: [1], value: [1])))
            _ = try twin.write(.put(PutOperation(key: [1], value: [1])))
            try expectTheSameRecords()
            try fixture.reopen()
            try expectTheSameRecords()
        }

        func expectTheSameRecords() throws {
            try expectTheSameAnswers()
            #expect(store.status().recordCount == twin.store.status().recordCount)
            #expect(store.status().usedBytes == twin.store.status().usedBytes)
            #expect(
                try finish(store.hashOfEverything()) == finish(twin.store.hashOfEverything()))
        }
    }

    private static func values(_ store: Store) throws -> [[Bytes]] {
        var sink = KeyValueSink()
        let scan = try store.scan(RangeQuery(range: .all))
        while try scan.next(into: &sink) == nil {}
        return sink.keyValues.map { [$0.key, $0.value] }
    }

    private static func finish(_ hash: KeyValueHash) throws -> UInt32 {
        while true { if let value = try hash.advance() { return value } }
    }

    private static func verify(_ store: Store) throws -> DamageReport {
        let verification = try store.verification()
        while true { if let report = try verification.advance() { return report } }
    }

    @Test(arguments: [0, 1, 2], [false, true])
    func aCompactionGoesOnWhenThereIsRoomAgain(steps: Int, isRetained: Bool) throws {
        let rule = RetentionRule(prefix: Bytes("k11".utf8), versions: 2)
        let pair = try Pair(retention: isRetained ? [rule] : [])
        try pair.fill()
        try pair.compact(fullAfter: steps)
        try pair.expectAFullDiskAndNothingElse()
        pair.fault.makeRoom()
        try pair.expectTheCompactionToFinish()
    }

    /// A copy of the file is made in room of its own, which there may be.
    @Test func aCopyAndANewFileHaveWhatIsNotRemovedYet() throws {
        let pair = try Pair()
        try pair.fill()
        try pair.compact(fullAfter: 1)
        pair.fault.makeRoom()
        // Whether the next step or this comes first.
        _ = try pair.fixture.store.defragment()
        try pair.expectTheSameAnswers()
        try pair.expectTheCompactionToFinish()
    }

    @Test func aRestartMeanwhileIsRight() throws {
        let pair = try Pair()
        try pair.fill()
        try pair.compact(fullAfter: 1)
        pair.fixture.store.close()
        try pair.fixture.openAgain()
        try pair.expectAFullDiskAndNothingElse()
        pair.fault.makeRoom()
        try pair.expectTheCompactionToFinish()
    }

    @Test func aLaterCompactionTakesTheRestAlong() throws {
        let pair = try Pair()
        try pair.fill()
        try pair.compact(fullAfter: 1)
        pair.fault.makeRoom()
        try pair.write(.put(PutOperation(key: Self.key(7), value: [9])))
        try pair.write(.delete(DeleteOperation(range: KeyRange(key: Self.key(8)))))
        try pair.write(.put(PutOperation(key: Self.key(9), value: [9])))
        try pair.write(.compact(pair.store.revision, physical: true))
        try pair.expectTheCompactionToFinish()
    }

    /// Of one key more than a step removes.
    @Test(arguments: [1, 2]) func aKeyMayLoseItsVersionsInSeveralSteps(steps: Int) throws {
        let pair = try Pair()
        let puts = (0..<2 * Limits.sweepEntriesMax).map { number in
            WriteRequest.put(PutOperation(key: Self.key(1), value: [UInt8(number % 251)]))
        }
        let deletion = WriteRequest.delete(DeleteOperation(range: .all))
        let last = WriteRequest.put(PutOperation(key: Self.key(2), value: [1]))
        for store in [pair.fixture, pair.twin] {
            let answers = try store.writeTogether(puts + [deletion, last])
            #expect(answers.allSatisfy { if case .success = $0 { true } else { false } })
        }
        try pair.compact(fullAfter: steps)
        try pair.expectAFullDiskAndNothingElse()
        pair.fixture.store.close()
        try pair.fixture.openAgain()
        try pair.expectAFullDiskAndNothingElse()
        pair.fault.makeRoom()
        try pair.expectTheCompactionToFinish()
    }

    /// The index names them until they are gone.
    @Test func whatIsDestroyedMeanwhileIsGone() throws {
        let pair = try Pair()
        try pair.fill()
        try pair.expectAWaitingCompactionToFail()
        pair.fault.makeRoom()
        // Before the compaction tries again.
        let key = Self.key(5)
        try pair.write(.destroy(key))
        let log = pair.store.log
        var left: [LogRecord.Kind] = []
        try log.scan(from: 1) { (place, sealed) throws(StoreError) in
            let position = LogPosition(main: place.main, sub: place.sub)
            try log.cipher.withRecord(sealed, at: position) { (record) throws(StoreError) in
                if record.key.elementsEqual(key) { left.append(record.kind) }
            }
            return true
        }
        #expect(left == [.tombstone])
        try pair.expectTheCompactionToFinish()
    }

    @Test func whoWaitsForTheRemovalHearsThatTheDiskIsFull() throws {
        let pair = try Pair()
        try pair.fill()
        try pair.expectAWaitingCompactionToFail()
        pair.fault.makeRoom()
        try pair.expectTheCompactionToFinish()
    }

    /// Writes that found no room are tried again, compactions are cut short anywhere.
    @Test(arguments: TestSeed.seeds(4, for: "full disk"))
    func aDiskThatIsFullNowAndThenLeavesNoTrace(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let pair = try Pair()
        for _ in 0..<400 {
            if random.once(in: 4) {
                pair.fault.fail(.diskFull, after: Int(random.next() % 3))
            }
            let request = Self.request(pair.twin.store, &random)
            _ = try pair.twin.write(request)
            while true {
                do {
                    _ = try pair.fixture.write(request)
                    break
                } catch StoreError.diskFull {}
            }
            if random.once(in: 100) { try pair.fixture.reopen() }
            if random.once(in: 20) { try pair.expectTheSameAnswers() }
        }
        pair.fault.makeRoom()
        try pair.write(.put(PutOperation(key: [1], value: [1])))
        try pair.write(.compact(pair.store.revision, physical: true))
        try pair.expectTheCompactionToFinish()
    }

    private static func request(_ store: Store, _ random: inout SeededRandom) -> WriteRequest {
        let key = key(Int(random.next() % 40))
        let newest = store.revision.rawValue
        let oldest = max(store.status().compactRevision.rawValue, 1)
        let isLive = store.index.read { index in
            key.withUnsafeBytes { index.find($0).map { !$0.last.isTombstone } ?? false }
        }
        switch random.next() % 10 {
        case 0 where newest > oldest:
            let floor = oldest + 1 + Int64(random.next() % UInt64(newest - oldest))
            return .compact(Revision(floor), physical: false)
        case 1: return .delete(DeleteOperation(range: KeyRange(key: key)))
        case 2 where isLive: return .destroy(key)
        default: return .put(PutOperation(key: key, value: [UInt8(truncatingIfNeeded: newest)]))
        }
    }
}
