import LMDB
import Testing
import VaultSeal

@testable import VaultStore

/// What an unseal says of a file whose leases are not what was written.
@Suite struct LeaseDamageTests {
    /// Three leases, a key on the first; then `change` to the file of the closed store.
    private func open(
        after change: (RecordLog, inout WriteTransaction, inout StoreHead) throws(StoreError) ->
            Void
    ) throws {
        let leases = try LeaseFixture()
        for id in 1...3 { try leases.grant(Int64(id), .seconds(10)) }
        try leases.put("a", lease: 1)
        leases.store.close()
        let fixture = leases.fixture
        let log = try RecordLog.open(
            in: fixture.directory, cipher: fixture.cipher, stateHashKey: fixture.stateHashKey)
        var head = StoreHead(currentRevision: 2, recordCount: 1, leaseCount: 3)
        var transaction = try log.begin()
        try change(log, &transaction, &head)
        try log.put(head, into: &transaction)
        try log.commit(transaction)
        log.environment.close()
        try fixture.openAgain()
    }

    @Test func whatWasWrittenOpens() throws {
        try open { (_, _, _) throws(StoreError) in }
        try open { (log, transaction, head) throws(StoreError) in
            _ = try log.removeLease(LeaseID(3), from: &transaction)
            head.leaseCount = 2
        }
    }

    @Test func aLeaseThatIsMissingOrTooManyIsDamage() throws {
        #expect(throws: StoreError.damaged("there are 2 leases, 3 were written")) {
            try open { (log, transaction, _) throws(StoreError) in
                _ = try log.removeLease(LeaseID(3), from: &transaction)
            }
        }
        #expect(throws: StoreError.damaged("there are 4 leases, 3 were written")) {
            try open { (log, transaction, _) throws(StoreError) in
                _ = try log.put(LeaseRecord(ttlSeconds: 9), of: LeaseID(4), into: &transaction)
            }
        }
    }

    @Test func aKeyOnALeaseThatDoesNotExistIsDamage() throws {
        #expect(throws: StoreError.damaged("a key names a lease that does not exist")) {
            try open { (log, transaction, head) throws(StoreError) in
                _ = try log.removeLease(LeaseID(1), from: &transaction)
                head.leaseCount = 2
            }
        }
    }

    @Test func aLeaseOfATimeThatNobodyGrantsIsDamage() throws {
        for ttl in [Int64.min, 0, 1, 9_000_000_001] {
            #expect(throws: StoreError.damaged("a lease is malformed")) {
                try open { (log, transaction, _) throws(StoreError) in
                    _ = try log.put(
                        LeaseRecord(ttlSeconds: ttl), of: LeaseID(3), into: &transaction)
                }
            }
        }
    }

    /// Somebody with access to the disk gives a lease the time of another.
    @Test func aLeaseUnderAnotherNumberIsDamage() throws {
        #expect(throws: StoreError.damaged("a lease does not verify")) {
            try open { (log, transaction, _) throws(StoreError) in
                var row = Bytes()
                do throws(LMDBError) {
                    let key = LeaseRecord.key(of: LeaseID(1))
                    let other = LeaseRecord.key(of: LeaseID(2))
                    let sealed = try Self.with(key) { (key) throws(LMDBError) in
                        try transaction.get(log.leases, key)
                    }
                    row = Bytes(sealed ?? UnsafeRawBufferPointer(start: nil, count: 0))
                    try Self.with(other) { (key) throws(LMDBError) in
                        try transaction.reserve(
                            log.leases, key, count: row.count, isLast: false
                        ) { $0.copyBytes(from: row) }
                    }
                } catch { throw StoreError(error) }
            }
        }
    }

    private static func with<R>(
        _ bytes: Bytes, _ body: (UnsafeRawBufferPointer) throws(LMDBError) -> R
    ) throws(LMDBError) -> R {
        let outcome: Result<R, LMDBError> = bytes.withUnsafeBytes { bytes in
            do throws(LMDBError) { return .success(try body(bytes)) } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    @Test func theHeadKeepsItsFields() {
        let head = StoreHead(currentRevision: 5, recordCount: 4, leaseCount: 3)
        let bytes = head.encode()
        func decode(_ bytes: Bytes) -> StoreHead? { bytes.withUnsafeBytes(StoreHead.decode) }
        #expect(decode(bytes) == head)
        // A field of a newer version is passed over; half of one is not a head.
        #expect(decode(bytes + [255, 0, 0, 0, 1, 0, 0, 0, 42]) == head)
        #expect(decode(bytes + [255, 0, 0, 0, 2, 0, 0, 0, 42]) == nil)
        #expect(decode(bytes + [255, 0, 0]) == nil)
        #expect(decode(bytes + [255, 0, 1, 0, 0, 0, 0, 0]) == nil)
        #expect(decode(Bytes(bytes.dropLast(3))) == nil)
        // Without the field there are no leases.
        #expect(decode(Bytes(bytes.prefix(StoreHead.encodedCount)))?.leaseCount == 0)
    }
}
