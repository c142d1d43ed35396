import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultStore

/// Sealing older records again: everything ends up under the newest data key, and nothing is lost.
@Suite struct RewrapTests {
    private func put(_ key: String, _ value: Bytes, lease: LeaseID = .none) -> WriteRequest {
        var put = PutOperation(key: Bytes(key.utf8), value: value)
        put.lease = lease
        return .put(put)
    }

    private func fill(_ store: Store, count: Int) throws {
        for number in 0..<count {
            let size = number % 7 == 0 ? 9_000 : 20
            _ = try store.write(put("k\(number % 50)", Bytes(repeating: 7, count: size)))
        }
    }

    private func hash(_ store: Store) throws -> UInt32 {
        let hash = try store.hashOfEverything()
        while true { if let value = try hash.advance() { return value } }
    }

    private func numbers(_ fixture: RotatingFixture) throws -> [UInt32] {
        try fixture.keyring.dataKeys().map(\.number)
    }

    @Test func everyKindOfRowEndsUnderTheNewestKey() throws {
        let fixture = try RotatingFixture()
        _ = try fixture.store.write(.grantLease(LeaseID(5), ttl: .seconds(500)))
        _ = try fixture.store.write(.replaceAccess([1, 2, 3]))
        _ = try fixture.store.write(put("leased", [1], lease: LeaseID(5)))
        try fill(fixture.store, count: 1_200)
        _ = try fixture.keyring.rotateDataKey()
        try fixture.rewrap()
        let rows = Int(fixture.store.status().recordCount) + 3
        #expect(try fixture.store.dataKeyUse() == [2: rows])
    }

    @Test func aRewrapChangesNothingThatAnybodyReads() throws {
        let fixture = try RotatingFixture()
        try fill(fixture.store, count: 700)
        let (before, status) = (try hash(fixture.store), fixture.store.status())
        _ = try fixture.keyring.rotateDataKey()
        try fixture.rewrap()
        #expect(try hash(fixture.store) == before)
        try fixture.reopen()
        #expect(try hash(fixture.store) == before)
        #expect(fixture.store.status().usedBytes == status.usedBytes)
    }

    @Test func theVaultOpensWithoutTheRetiredKey() throws {
        let fixture = try RotatingFixture()
        try fill(fixture.store, count: 300)
        for _ in 0..<3 { _ = try fixture.keyring.rotateDataKey() }
        try fixture.rewrap()
        #expect(try numbers(fixture) == [4])
        try fixture.reopen()
        #expect(fixture.store.status().recordCount == 300)
    }

    @Test func anEmptyVaultCanDoWithoutItsFirstKey() throws {
        let fixture = try RotatingFixture()
        _ = try fixture.keyring.rotateDataKey()
        try fixture.rewrap()
        try fixture.reopen()
        #expect(try fixture.store.dataKeyUse() == [2: 1])
    }

    @Test func aRewrapThatARestartCutOffIsFinishedByTheNext() throws {
        let fixture = try RotatingFixture()
        try fill(fixture.store, count: 1_500)
        _ = try fixture.keyring.rotateDataKey()
        let store = fixture.store
        let end = try fixture.startRewrap(recordsPerSecond: 1)
        #expect(Waiting.until(.seconds(60)) { store.rewrapStatus().done > 0 })
        try fixture.reopen()
        #expect(end.reached == nil)
        let use = try fixture.store.dataKeyUse()
        #expect(use[1] ?? 0 > 0 && use[2] ?? 0 > 0, "\(use)")
        try fixture.rewrap()
        try fixture.reopen()
        #expect(try fixture.store.dataKeyUse() == [2: 1_501])
    }

    @Test func aRewrapThatWasStoppedDoesNotEnd() throws {
        let fixture = try RotatingFixture()
        try fill(fixture.store, count: 600)
        _ = try fixture.keyring.rotateDataKey()
        let end = try fixture.startRewrap(recordsPerSecond: 1)
        #expect(fixture.store.stopRewrap())
        #expect(!fixture.store.rewrapStatus().isRunning)
        _ = try fixture.store.write(put("k", [1]))
        #expect(end.reached == nil)
        #expect(!fixture.store.stopRewrap())
    }

    @Test func aDefragmentationSealsAnewAsWell() throws {
        let fixture = try RotatingFixture()
        _ = try fixture.store.write(.grantLease(LeaseID(5), ttl: .seconds(500)))
        try fill(fixture.store, count: 300)
        let before = try hash(fixture.store)
        _ = try fixture.keyring.rotateDataKey()
        _ = try fixture.store.defragment()
        #expect(try fixture.store.dataKeyUse() == [2: 302])
        #expect(try hash(fixture.store) == before)
    }

    @Test func aRewrapDoesNotEndWhileACopyMayBringOlderRecordsBack() throws {
        let fixture = try RotatingFixture()
        try fill(fixture.store, count: 100)
        let store = fixture.store
        try store.visit { _ throws(StoreError) in _ = store.pins.pin(Revision(-1)) { false } }
        _ = try fixture.keyring.rotateDataKey()
        let end = try fixture.startRewrap()
        #expect(try Waiting.until(.seconds(60)) { try store.dataKeyUse() == [2: 101] })
        _ = try store.write(put("k", [1]))
        #expect(end.reached == nil)
        store.unpin(Revision(-1))
        #expect(try end.wait() == 2)
    }

    @Test func aDiskThatWasFullDelaysARewrap() throws {
        let fault = CommitFault()
        let fixture = try RotatingFixture { $0.commitFault = fault.take }
        try fill(fixture.store, count: 100)
        _ = try fixture.keyring.rotateDataKey()
        fault.fail(.diskFull, after: 0)
        let end = try fixture.startRewrap()
        #expect(Waiting.until(.seconds(60)) { fault.isSpent })
        #expect(try end.wait() == 2)
        #expect(try fixture.store.dataKeyUse() == [2: 101])
    }

    @Test func whoeverReadsAnOlderStateIsWaitedFor() throws {
        let fixture = try RotatingFixture()
        try fill(fixture.store, count: 10)
        let store = fixture.store
        _ = try fixture.keyring.rotateDataKey()
        let cipher = store.log.cipher
        var opened = 0
        try store.log.scan(from: 1) { (key, sealed) throws(StoreError) in
            if opened == 0 {
                // Everything is sealed anew while this snapshot is open.
                do { _ = try fixture.startRewrap().wait() } catch { throw .closed }
            }
            #expect(RecordCipher.dataKeyNumber(of: sealed) == 1)
            let position = LogPosition(main: key.main, sub: key.sub)
            try cipher.withRecord(sealed, at: position) { _ throws(StoreError) in opened += 1 }
            return true
        }
        #expect(opened == 10)
        store.waitForEarlierReads()
        try fixture.keyring.retireDataKeys(below: 2)
        #expect(try hash(store) != 0)
    }

    /// Stands for what the end of a sweep is told to: often the store itself, which then would
    /// never go.
    private final class Listener: Sendable {}

    enum SweepEnd: CaseIterable { case finished, stopped, closed }

    @Test(arguments: SweepEnd.allCases) func whoHearsOfTheEndIsNotHeldAfterIt(
        _ sweepEnd: SweepEnd
    ) throws {
        let fixture = try RotatingFixture()
        try fill(fixture.store, count: 10)
        _ = try fixture.keyring.rotateDataKey()
        let end = RewrapEnd()
        weak var held: Listener?
        do {
            let listener = Listener()
            held = listener
            let rate = sweepEnd == .finished ? 1_000_000 : 1
            try fixture.store.startRewrap(recordsPerSecond: rate) {
                target in withExtendedLifetime(listener) { end.note(target) }
            }
        }
        switch sweepEnd {
        case .finished: _ = try end.wait()
        case .stopped: #expect(fixture.store.stopRewrap())
        case .closed: fixture.store.close()
        }
        #expect(Waiting.until(.seconds(60)) { held == nil })
    }
}
