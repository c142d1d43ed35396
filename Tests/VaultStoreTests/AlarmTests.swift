import Testing
import VaultSeal

@testable import VaultStore

@Suite struct AlarmTests {
    private let put = WriteRequest.put(PutOperation(key: [1], value: [2]))
    private let delete = WriteRequest.delete(DeleteOperation(range: KeyRange(key: [1])))
    private let read = Operation.range(RangeQuery(range: .all))

    private func alarm(_ member: UInt64, _ kind: Alarm.Kind) -> Alarm {
        Alarm(member: member, kind: kind)
    }

    private func change(_ fixture: StoreFixture, _ change: AlarmChange) throws -> Alarm? {
        guard case .alarm(let result) = try fixture.write(.alarm(change)) else { return nil }
        #expect(result.revision == fixture.store.revision)
        return result.alarm
    }

    @Test func aRaisedAlarmRefusesPutsUntilItIsTakenBackAndSurvivesReopening() throws {
        let fixture = try StoreFixture()
        _ = try fixture.write(put)
        let raised = alarm(0, .noSpace)
        #expect(try change(fixture, .activate(raised)) == raised)
        #expect(try change(fixture, .activate(raised)) == raised, "again, as in etcd")
        try fixture.reopen()
        #expect(fixture.store.status().alarms == [raised])
        #expect(!fixture.store.status().noSpace, "the quota is not used up")
        #expect(throws: StoreError.noSpace) { try fixture.write(put) }
        #expect(throws: StoreError.noSpace) {
            try fixture.write(.grantLease(.none, ttl: .seconds(9)))
        }
        let inFailure = Transaction(
            success: [read], failure: [.put(PutOperation(key: [1], value: []))])
        #expect(throws: StoreError.noSpace) { try fixture.write(.transaction(inFailure)) }
        _ = try fixture.write(.transaction(Transaction(success: [read])))
        _ = try fixture.write(delete)
        _ = try fixture.write(.compact(fixture.store.revision, physical: true))
        #expect(try change(fixture, .deactivate(alarm(7, .noSpace), andComputed: false)) == nil)
        #expect(try change(fixture, .deactivate(raised, andComputed: false)) == raised)
        #expect(try change(fixture, .deactivate(raised, andComputed: false)) == nil)
        _ = try fixture.write(put)
        try fixture.reopen()
        #expect(fixture.store.status().alarms.isEmpty)
    }

    @Test func nothingChangesWhileTheStoreIsCalledCorrupt() throws {
        let fixture = try StoreFixture()
        _ = try fixture.write(put)
        let raised = alarm(5, .corrupt)
        #expect(try change(fixture, .activate(raised)) == raised)
        #expect(try change(fixture, .activate(alarm(5, .noSpace))) != nil)
        let requests: [WriteRequest] = [
            put, delete, .transaction(Transaction(success: [read])),
            .compact(Revision(2), physical: false), .grantLease(.none, ttl: .seconds(9)),
            .revokeLease(LeaseID(7)),
        ]
        for request in requests {
            #expect(throws: StoreError.corrupt) { try fixture.write(request) }
        }
        // What is wrong with the request itself comes first.
        #expect(throws: StoreError.emptyKey) {
            try fixture.write(.put(PutOperation(key: [], value: [])))
        }
        #expect(fixture.store.revision == Revision(2))
        #expect(try change(fixture, .deactivate(raised, andComputed: false)) == raised)
        _ = try fixture.write(delete)
    }

    @Test func theQuotasAlarmGoesWhenThereIsRoomAndComesBackWhenThereIsNot() throws {
        let fixture = try StoreFixture(quotaBytes: 4_000)
        let large = WriteRequest.put(
            PutOperation(key: [1], value: Bytes(repeating: 7, count: 1_500)))
        _ = try fixture.write(large)
        let own = alarm(77, .noSpace)
        #expect(try change(fixture, .deactivate(own, andComputed: true)) == nil)
        for _ in 0..<2 {
            #expect(throws: StoreError.noSpace) {
                for _ in 0..<3 { _ = try fixture.write(large) }
            }
            #expect(fixture.store.status().noSpace)
            #expect(try change(fixture, .deactivate(own, andComputed: true)) == own)
            #expect(!fixture.store.status().noSpace)
        }
        #expect(throws: StoreError.noSpace) { try fixture.write(large) }
        // The old versions go: without any put, the alarm goes with them.
        _ = try fixture.write(.compact(fixture.store.revision, physical: true))
        #expect(!fixture.store.status().noSpace)
    }

    @Test func thereIsALimitOnAlarms() throws {
        let fixture = try StoreFixture()
        for member in 0..<UInt64(Limits.alarmsMax) {
            _ = try change(fixture, .activate(alarm(member, .noSpace)))
        }
        #expect(throws: StoreError.tooManyAlarms) {
            try change(fixture, .activate(alarm(1 << 40, .noSpace)))
        }
        try fixture.reopen()
        #expect(fixture.store.status().alarms.count == Limits.alarmsMax)
    }

    /// Flags and list say the same; a head where they do not was not written by anybody.
    @Test func aHeadWhoseFlagsAndAlarmsDifferIsRefused() throws {
        var head = StoreHead()
        for raised in [alarm(.max, .corrupt), alarm(0, .noSpace)] {
            let isInserted = head.alarms.insert(raised)
            #expect(isInserted)
        }
        var bytes = head.encode()
        #expect(bytes.withUnsafeBytes { StoreHead.decode($0) } == head)
        #expect(bytes[1] == 3)
        for flags in [0, 1, 2, 11] as [UInt8] {
            bytes[1] = flags
            #expect(bytes.withUnsafeBytes { StoreHead.decode($0) } == nil)
        }
        bytes[1] = 3
        // The kind of the last alarm, and a repetition of the first.
        bytes[bytes.count - 9] = 9
        #expect(bytes.withUnsafeBytes { StoreHead.decode($0) } == nil)
        bytes.replaceSubrange(
            (bytes.count - 9)..., with: bytes[(bytes.count - 18)..<(bytes.count - 9)])
        #expect(bytes.withUnsafeBytes { StoreHead.decode($0) } == nil)
    }
}
