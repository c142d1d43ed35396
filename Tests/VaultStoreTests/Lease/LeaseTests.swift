import Testing
import VaultTestSupport

@testable import VaultStore

@Suite struct LeaseTests {
    // MARK: - Granting

    @Test func aGrantIsRaisedToTheLeastTimeAndUsesNoRevision() throws {
        let leases = try LeaseFixture()
        for ttl in [Duration.seconds(-5), .zero, .seconds(2)] {
            let grant = try leases.grant(0, ttl)
            #expect(grant.ttl == .seconds(2))
            #expect(grant.id.rawValue > 0)
            #expect(grant.revision == .initial)
        }
        #expect(try leases.grant(-7, .seconds(9_000_000_000)).id == LeaseID(-7))
        #expect(try leases.store.leaseCount() == 4)
    }

    @Test func whatCannotBeGrantedIsRefused() throws {
        let leases = try LeaseFixture(quotaBytes: 5_000)
        try leases.grant(7, .seconds(10))
        #expect(throws: StoreError.leaseExists) { try leases.grant(7, .seconds(10)) }
        #expect(throws: StoreError.leaseTTLTooLarge) {
            try leases.grant(8, .seconds(9_000_000_001))
        }
        #expect(throws: StoreError.leaseTTLTooLarge) { try leases.grant(8, .seconds(Int64.max)) }
        #expect(throws: StoreError.noSpace) {
            for id in 100..<200 { try leases.grant(Int64(id), .seconds(10)) }
        }
        // What was taken is given back.
        for id in try leases.store.leaseIDs() { _ = try leases.revoke(id.rawValue) }
        #expect(leases.store.status().usedBytes == 0)
        try leases.grant(8, .seconds(10))
    }

    @Test func leasesSurviveARestartWithTheirWholeTime() throws {
        let leases = try LeaseFixture()
        try leases.grant(1, .seconds(10))
        try leases.grant(2, .seconds(5))
        try leases.put("a", lease: 1)
        let used = leases.store.status().usedBytes
        try leases.pass(.seconds(4))
        try leases.fixture.reopen()
        #expect(leases.store.status().usedBytes == used)
        #expect(try leases.store.leaseIDs() == [LeaseID(2), LeaseID(1)])
        let found = try #require(try leases.store.timeToLive(of: LeaseID(1), wantsKeys: true))
        #expect(
            found
                == LeaseTimeToLive(
                    granted: .seconds(10), remaining: .seconds(10), keyCount: 1,
                    keys: [Bytes("a".utf8)]))
        try leases.pass(.seconds(9.999))
        #expect(try leases.keys() == ["a"])
        try leases.pass(.seconds(0.001))
        #expect(try leases.keys() == [])
    }

    @Test func nothingExpiresWhileTheStoreIsClosed() throws {
        let leases = try LeaseFixture()
        try leases.grant(1, .seconds(10))
        try leases.put("a", lease: 1)
        leases.store.close()
        #expect(throws: StoreError.closed) { try leases.store.renew(LeaseID(1)) }
        #expect(throws: StoreError.closed) { try leases.store.leaseIDs() }
        leases.advance(.seconds(1_000))
        try leases.fixture.openAgain()
        try leases.settle()
        #expect(try leases.keys() == ["a"])
        #expect(try leases.store.renew(LeaseID(1)) == .seconds(10))
    }

    // MARK: - Attaching

    @Test func aKeyHangsOnTheLeaseOfItsNewestPut() throws {
        let leases = try LeaseFixture()
        try leases.grant(1, .seconds(10))
        try leases.grant(2, .seconds(20))
        for key in ["a", "b", "c", "d"] { try leases.put(key, lease: 1) }
        try leases.put("b", lease: 2)
        try leases.put("c")
        try leases.delete("d")
        try leases.put("d")
        var keep = PutOperation(key: Bytes("a".utf8), value: [1])
        keep.ignoresLease = true
        _ = try leases.fixture.write(.put(keep))
        for _ in 0..<2 {
            #expect(try leases.keys(of: 1) == ["a"])
            #expect(try leases.keys(of: 2) == ["b"])
            try leases.fixture.reopen()
        }
        try leases.pass(.seconds(10))
        #expect(try leases.keys() == ["b", "c", "d"])
        try leases.pass(.seconds(10))
        #expect(try leases.keys() == ["c", "d"])
    }

    @Test func aPutNeedsItsLease() throws {
        let leases = try LeaseFixture()
        #expect(throws: StoreError.leaseNotFound) { try leases.put("a", lease: 9) }
        var put = PutOperation(key: [1], value: [])
        put.lease = LeaseID(9)
        let transaction = Transaction(success: [
            .put(PutOperation(key: [2], value: [])),
            .transaction(Transaction(success: [.put(put)])),
        ])
        #expect(throws: StoreError.leaseNotFound) {
            try leases.fixture.write(.transaction(transaction))
        }
        #expect(try leases.content().isEmpty)
        // The branch that is not taken is not asked for its lease.
        _ = try leases.fixture.write(.transaction(Transaction(failure: [.put(put)])))
    }

    // MARK: - The end

    @Test func anEndIsOneRevisionWithItsKeysInOrder() throws {
        let leases = try LeaseFixture()
        try leases.grant(1, .seconds(10))
        for key in ["c", "a", "b"] { try leases.put(key, lease: 1) }
        let receiver = CollectingReceiver()
        let stream = try leases.store.watch(receiver)
        stream.create(WatchRequest(range: .all))
        try receiver.wait { !$0.created.isEmpty }
        #expect(try leases.revoke(1) == .leaseRevoked(revision: Revision(5)))
        try receiver.wait { $0.events[0]?.count == 3 }
        let events = receiver.seen.events[0] ?? []
        #expect(events.map { String(decoding: $0.key, as: UTF8.self) } == ["a", "b", "c"])
        #expect(events.allSatisfy { $0.isDelete && $0.modRevision == Revision(5) })
        #expect(throws: StoreError.leaseNotFound) { try leases.revoke(1) }
        try leases.grant(1, .seconds(10))
        #expect(try leases.revoke(1) == .leaseRevoked(revision: Revision(5)))
    }

    @Test func aLeaseNeverEndsEarlyAndARenewalGivesItsWholeTime() throws {
        let leases = try LeaseFixture()
        try leases.grant(1, .seconds(10))
        try leases.put("a", lease: 1)
        for _ in 0..<5 {
            try leases.pass(.seconds(9))
            #expect(try leases.keys() == ["a"])
            #expect(try leases.store.renew(LeaseID(1)) == .seconds(10))
        }
        try leases.pass(.milliseconds(9_999))
        #expect(try leases.keys() == ["a"])
        try leases.pass(.milliseconds(1))
        #expect(try leases.keys() == [])
        #expect(try leases.store.renew(LeaseID(1)) == nil)
        #expect(try leases.store.timeToLive(of: LeaseID(1), wantsKeys: true) == nil)
    }

    /// etcd 9935 and 10686: a lease whose revocation failed was never tried again, and its keys
    /// stayed for ever. And what is over is never renewed meanwhile.
    @Test func anEndThatCouldNotBeWrittenIsTriedAgain() throws {
        let leases = try LeaseFixture()
        try leases.grant(1, .seconds(10))
        try leases.put("a", lease: 1)
        leases.isDiskFull = true
        for _ in 0..<3 {
            try leases.pass(.seconds(10))
            #expect(try leases.keys() == ["a"])
            #expect(try leases.store.renew(LeaseID(1)) == nil)
            let found = try leases.store.timeToLive(of: LeaseID(1), wantsKeys: false)
            #expect(found?.remaining == .zero)
        }
        leases.isDiskFull = false
        try leases.pass(Limits.leaseRetryPause)
        #expect(try leases.keys() == [])
        #expect(try leases.store.leaseIDs() == [])
    }

    /// Time is up, but the writer has not looked yet.
    @Test func aLeaseIsNotRenewedAfterItsTime() throws {
        let leases = try LeaseFixture()
        try leases.grant(1, .seconds(10))
        leases.advance(.seconds(10))
        #expect(try leases.store.renew(LeaseID(1)) == nil)
        try leases.pass(.zero)
        #expect(try leases.store.leaseIDs() == [])
    }

    /// etcd 14758: after a restart a key hung on every lease that it ever had, and went with the
    /// first of them.
    @Test func afterARestartOnlyTheNewestLeaseCounts() throws {
        let leases = try LeaseFixture()
        for id in 1...3 { try leases.grant(Int64(id), .seconds(10 * id)) }
        for id in 1...3 { try leases.put("a", lease: Int64(id)) }
        try leases.put("b", lease: 1)
        try leases.put("b")
        try leases.fixture.reopen()
        try leases.pass(.seconds(20))
        #expect(try leases.keys() == ["a", "b"])
        try leases.pass(.seconds(10))
        #expect(try leases.keys() == ["b"])
    }

    @Test func manyLeasesEndInSeveralCommits() throws {
        let leases = try LeaseFixture()
        let count = 3 * Limits.leaseExpiriesMax + 5
        let granted = try leases.fixture.writeTogether(
            (1...count).map { .grantLease(LeaseID(Int64($0)), ttl: .seconds(10)) })
        #expect(granted.allSatisfy { if case .success = $0 { true } else { false } })
        for id in stride(from: 1, through: count, by: 50) {
            try leases.put("key \(id)", lease: Int64(id))
        }
        try leases.pass(.seconds(10))
        for _ in 0..<4 { try leases.settle() }
        #expect(try leases.store.leaseCount() == 0)
        #expect(try leases.keys() == [])
    }
}
