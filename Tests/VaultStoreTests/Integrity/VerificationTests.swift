import LMDB
import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultStore

/// Verifying a store that serves.
@Suite struct VerificationTests {
    private func verify(
        _ store: Store, between: () throws -> Void = {}
    ) throws -> DamageReport {
        let verification = try store.verification()
        while true {
            if let report = try verification.advance() { return report }
            try between()
        }
    }

    private func makeFixture(records: Int) throws -> StoreFixture {
        let fixture = try StoreFixture()
        let puts = (0..<records).map { number in
            WriteRequest.put(
                PutOperation(key: Bytes("k\(number % 700)".utf8), value: [UInt8(number % 251)]))
        }
        _ = try fixture.writeTogether(puts)
        _ = try fixture.write(.grantLease(LeaseID(5), ttl: .seconds(1000)))
        _ = try fixture.write(.replaceAccess([1, 2, 3]))
        return fixture
    }

    @Test func aWholeStoreVerifies() throws {
        let fixture = try makeFixture(records: 2_500)
        let report = try verify(fixture.store)
        #expect(report.isClean)
        #expect(report.records == 2_500)
        #expect(report.revision == fixture.store.revision)
    }

    @Test func nothingIsDestroyedWhileEverythingIsVerified() throws {
        let fixture = try makeFixture(records: 2_500)
        var refusals = 0
        let report = try verify(fixture.store) {
            #expect(throws: StoreError.recordsInUse) {
                _ = try fixture.write(.destroy(Bytes("k1".utf8)))
            }
            refusals += 1
        }
        #expect(report.isClean && refusals > 0)
        _ = try fixture.write(.destroy(Bytes("k1".utf8)))
        #expect(try verify(fixture.store).isClean)
        try fixture.reopen()
        #expect(try verify(fixture.store).isClean)
    }

    /// Puts, deletions, leases, rules and a compaction come between the slices.
    @Test func aStoreThatChangesMeanwhileVerifies() throws {
        let fixture = try makeFixture(records: 3_500)
        var number = 0
        let report = try verify(fixture.store) {
            number += 1
            _ = try fixture.write(.put(PutOperation(key: Bytes("k\(number)".utf8), value: [7])))
            _ = try fixture.write(
                .delete(DeleteOperation(range: KeyRange(key: Bytes("k\(number + 100)".utf8)))))
            _ = try fixture.write(
                .grantLease(LeaseID(Int64(100 + number)), ttl: .seconds(1000)))
            _ = try fixture.write(.replaceAccess([UInt8(number)]))
            _ = try fixture.write(.compact(fixture.store.revision, physical: false))
        }
        #expect(report.isClean, "\(report)")
        #expect(number >= 3)
        // What waited for it is removed now, and what is left verifies too.
        _ = try fixture.write(.put(PutOperation(key: [1], value: [1])))
        _ = try fixture.write(.compact(fixture.store.revision, physical: true))
        #expect(try verify(fixture.store).isClean)
    }

    /// Somebody changes the file behind the daemon's back.
    @Test func whatIsChangedMeanwhileIsNamed() throws {
        let fixture = try makeFixture(records: 50)
        let log = fixture.store.log
        var transaction = try log.begin()
        let position = LogPosition(main: 17, sub: 0)
        try LogKey(position).withBytes { (key) throws(LMDBError) in
            _ = try transaction.delete(log.log, key)
        }
        try LogKey(main: 9, sub: 0).withBytes { (key) throws(LMDBError) in
            try transaction.reserve(log.log, key, count: 120, isLast: false) {
                $0.initializeMemory(as: UInt8.self, repeating: 1)
            }
        }
        try log.commit(transaction)
        let report = try verify(fixture.store)
        #expect(!report.stateHashMatches)
        let places = report.damage.items.map { "\($0.kind) \($0.revision).\($0.sub)" }
        #expect(places == ["changed 9.0", "missing 17.0"])
        #expect(report.records == 48)
    }
}
