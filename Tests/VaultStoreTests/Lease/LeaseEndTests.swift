import Synchronization
import Testing
import VaultTestSupport

@testable import VaultStore

/// Leases whose time is up leave with the commits that clients wait for.
@Suite struct LeaseEndTests {
    /// A put waited for the commit of twelve leases before its own: twice its time, for each put
    /// while many leases end.
    @Test func leasesEndInTheCommitOfAPut() throws {
        let leases = try LeaseFixture()
        let count = Limits.leaseExpiriesMax
        for id in 1...count {
            try leases.grant(Int64(id), .seconds(10))
            try leases.put("key \(id)", lease: Int64(id))
        }
        let before = leases.store.revision.rawValue
        let answers = try leases.write([LeaseFixture.put("x")], after: .seconds(10))
        // Nothing but that commit has happened yet.
        #expect(answers == [.success(.put(PutResult(revision: Revision(before + 1))))])
        #expect(leases.store.revision == Revision(before + 1 + Int64(count)))
        #expect(try leases.keys() == ["x"])
        #expect(try leases.store.leaseIDs() == [])
        try leases.fixture.reopen()
        #expect(try leases.keys() == ["x"])
        #expect(try leases.store.leaseIDs() == [])
    }

    @Test func theRestEndsWhetherAnybodyWritesOrNot() throws {
        let leases = try LeaseFixture()
        let count = 5 * Limits.leaseExpiriesMax
        let granted = try leases.fixture.writeTogether(
            (1...count).map { .grantLease(LeaseID(Int64($0)), ttl: .seconds(10)) })
        #expect(granted.count == count)
        _ = try leases.write([LeaseFixture.put("x")], after: .seconds(10))
        #expect(try Waiting.until(.seconds(60)) { try leases.store.leaseCount() == 0 })
        #expect(try leases.keys() == ["x"])
    }

    /// A put that is refused is answered at once, and needs no commit.
    @Test func whatChangesNothingTakesNoLeasesAlong() throws {
        let leases = try LeaseFixture()
        try leases.grant(1, .seconds(10))
        leases.failNextCommit(.diskFull)
        let answers = try leases.write([LeaseFixture.put("x", lease: 9)], after: .seconds(10))
        #expect(answers == [.failure(.leaseNotFound)])
        try leases.settle()
        // The failure was that of the lease's own commit.
        #expect(try leases.store.leaseIDs() == [LeaseID(1)])
        try leases.pass(Limits.leaseRetryPause)
        #expect(try leases.store.leaseIDs() == [])
    }

    @Test func aPutDoesNotFailBecauseOfLeases() throws {
        let leases = try LeaseFixture()
        try leases.grant(1, .seconds(10))
        try leases.put("a", lease: 1)
        let before = leases.store.revision.rawValue
        leases.failNextCommit(.diskFull)
        let answers = try leases.write([LeaseFixture.put("x")], after: .seconds(10))
        #expect(answers == [.success(.put(PutResult(revision: Revision(before + 1))))])
        try leases.settle()
        #expect(try leases.keys() == ["a", "x"])
        #expect(try leases.store.renew(LeaseID(1)) == nil)
        try leases.pass(Limits.leaseRetryPause)
        #expect(try leases.keys() == ["x"])
    }

    @Test func aLeaseThatIsGrantedAnewInTheSameCommitStays() throws {
        let leases = try LeaseFixture()
        try leases.grant(1, .seconds(10))
        try leases.put("a", lease: 1)
        let answers = try leases.write(
            [
                .revokeLease(LeaseID(1)), .grantLease(LeaseID(1), ttl: .seconds(10)),
                LeaseFixture.put("b", lease: 1),
            ], after: .seconds(10))
        #expect(answers.allSatisfy { if case .success = $0 { true } else { false } })
        try leases.settle()
        #expect(try leases.keys() == ["b"])
        try leases.pass(.milliseconds(9_999))
        #expect(try leases.keys(of: 1) == ["b"])
        try leases.pass(.milliseconds(1))
        #expect(try leases.keys() == [])
    }

    /// What is put on a lease with the last commit before its end goes with it.
    @Test func aKeyThatComesWithTheEndGoesToo() throws {
        let leases = try LeaseFixture()
        try leases.grant(1, .seconds(10))
        try leases.put("a", lease: 1)
        let answers = try leases.write(
            [LeaseFixture.put("b", lease: 1), LeaseFixture.put("a")], after: .seconds(10))
        #expect(answers.allSatisfy { if case .success = $0 { true } else { false } })
        #expect(try leases.keys() == ["a"])
        #expect(try leases.store.leaseIDs() == [])
    }

    /// Its keys would be what every put of that commit waits for.
    @Test func aLeaseWithManyKeysEndsAlone() throws {
        var attachments = LeaseAttachments()
        for (id, count) in [(1, 3), (2, Limits.expiredKeysMax + 1), (3, 1)] {
            for number in 0..<count {
                attachments.attach(Bytes("\(id) \(number)".utf8), to: LeaseID(Int64(id)))
            }
        }
        let now = Mutex(Duration.zero)
        let registry = LeaseRegistry(
            ttls: [LeaseID(1): .seconds(2), LeaseID(2): .seconds(3), LeaseID(3): .seconds(4)],
            attachments: attachments, clock: MonotonicClock { now.withLock { $0 } })
        now.withLock { $0 = .seconds(10) }
        #expect(registry.takeExpired(takesLargeOne: false) == [LeaseID(1)])
        #expect(registry.takeExpired(takesLargeOne: false) == [])
        #expect(registry.takeExpired(takesLargeOne: true) == [LeaseID(2)])
        #expect(registry.takeExpired(takesLargeOne: true) == [LeaseID(3)])
        #expect(registry.takeExpired(takesLargeOne: true) == [])
    }
}
