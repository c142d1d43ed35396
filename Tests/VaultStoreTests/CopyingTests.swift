import Glibc
import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultStore

/// Defragmenting, and making a second file: nothing is lost, nobody waits, damage is not copied.
@Suite struct CopyingTests {
    private func put(_ key: String, _ value: Bytes) -> WriteRequest {
        .put(PutOperation(key: Bytes(key.utf8), value: value))
    }

    /// Two megabytes of records, most of them compacted away.
    private func fill(_ fixture: StoreFixture) throws {
        for number in 0..<400 {
            let value = Bytes(repeating: UInt8(truncatingIfNeeded: number), count: 5_000)
            _ = try fixture.write(put("k\(number % 40)", value))
        }
        _ = try fixture.write(.delete(DeleteOperation(range: KeyRange(key: Bytes("k7".utf8)))))
        _ = try fixture.write(.compact(fixture.store.revision, physical: true))
    }

    private func hash(_ store: Store) throws -> UInt32 {
        let hash = try store.hashOfEverything()
        while true { if let value = try hash.advance() { return value } }
    }

    private func leftovers(_ fixture: StoreFixture) throws -> [String] {
        try Files.names(in: fixture.directory).filter { $0.hasPrefix("copy.") }
    }

    @Test func aDefragmentedStoreIsSmallerAndTheSame() throws {
        let fixture = try StoreFixture()
        try fill(fixture)
        _ = try fixture.write(.grantLease(LeaseID(5), ttl: .seconds(500)))
        var leased = PutOperation(key: Bytes("leased".utf8), value: [1])
        leased.lease = LeaseID(5)
        _ = try fixture.write(.put(leased))
        _ = try fixture.write(.alarm(.activate(Alarm(member: 3, kind: .corrupt))))
        let (hash, status) = (try hash(fixture.store), fixture.store.status())
        let result = try fixture.store.defragment()
        #expect(result.bytesBefore == status.fileBytes)
        #expect(result.bytesAfter < result.bytesBefore * 2 / 3, "\(result)")
        for isReopened in [false, true] {
            if isReopened { try fixture.reopen() }
            #expect(try self.hash(fixture.store) == hash)
            var now = fixture.store.status()
            #expect(now.fileBytes == result.bytesAfter)
            now.fileBytes = status.fileBytes
            #expect(now == status)
            let lease = try fixture.store.timeToLive(of: LeaseID(5), wantsKeys: true)
            #expect(lease?.keys == [Bytes("leased".utf8)])
        }
        #expect(try leftovers(fixture) == [])
        _ = try fixture.write(
            .alarm(.deactivate(Alarm(member: 3, kind: .corrupt), andComputed: false)))
        _ = try fixture.write(put("k1", [1]))
        try fixture.reopen()
        #expect(fixture.store.revision == status.revision.next)
    }

    /// Writers, readers and compactions go on while the file is replaced, time and again.
    @Test func everythingGoesOnMeanwhile() throws {
        let fixture = try StoreFixture()
        try fill(fixture)
        let (store, shared) = (fixture.store, SharedState())
        let threads = [
            TestThread { write(to: store, shared) }, TestThread { read(store, shared) },
            TestThread { read(store, shared) },
        ]
        for _ in 0..<8 {
            let before = shared.count
            _ = try store.defragment()
            // At least one write between two of them.
            while shared.count == before && shared.complaints.isEmpty { StoreThread.pause() }
        }
        shared.end()
        for thread in threads { thread.join() }
        #expect(shared.complaints == [])
        // No sweep is left half done, which the next opening would finish.
        _ = try fixture.write(put("k3", [1]))
        _ = try fixture.write(.compact(store.revision, physical: true))
        let (revision, hash) = (store.revision, try hash(store))
        try fixture.reopen()
        #expect(fixture.store.revision == revision)
        #expect(try self.hash(fixture.store) == hash)
    }

    private func write(to store: Store, _ shared: SharedState) {
        func write(_ request: WriteRequest) -> Result<WriteResult, StoreError> {
            let gate = Gate()
            store.submit(request) { gate.open($0) }
            return gate.wait()
        }
        var number: UInt8 = 0
        while !shared.isOver {
            number &+= 1
            guard
                case .success(.put(let result)) = write(
                    put("k3", Bytes(repeating: number, count: 900)))
            else { return shared.complain("a put failed") }
            shared.add()
            if number % 16 == 0 { _ = write(.compact(result.revision, physical: false)) }
        }
    }

    /// What is read never goes back.
    private func read(_ store: Store, _ shared: SharedState) {
        var last: Int64 = 0
        while !shared.isOver {
            do {
                var sink = KeyValueSink()
                let key = KeyRange(key: Bytes("k3".utf8))
                _ = try store.range(RangeQuery(range: key), into: &sink)
                let revision = sink.keyValues.first?.modRevision.rawValue ?? 0
                if revision < last { shared.complain("\(revision) after \(last)") }
                last = revision
            } catch {
                return shared.complain("a read failed: \(error)")
            }
        }
    }

    @Test func aCopyIsAWholeStoreOfItsMoment() throws {
        let fixture = try StoreFixture()
        try fill(fixture)
        let (hash, revision) = (try hash(fixture.store), fixture.store.revision)
        let target = try TemporaryDirectory()
        do {
            let copy = try fixture.store.makeCopy()
            #expect(copy.revision == revision)
            #expect(Files.mode(copy.path) == 0o600)
            _ = try fixture.write(put("later", [1]))
            try Files.write(try Files.read(copy.path), to: target.file("data.mdb"))
        }
        #expect(try leftovers(fixture) == [])
        let other = try Store.open(
            in: target.path, cipher: fixture.cipher, stateHashKey: fixture.stateHashKey)
        defer { other.close() }
        #expect(other.revision == revision)
        #expect(try self.hash(other) == hash)
    }

    @Test func aFailedCopyLeavesEverythingAsItWas() throws {
        let fault = CommitFault()
        let fixture = try StoreFixture { $0.commitFault = { fault.take() } }
        try fill(fixture)
        let (hash, bytes) = (try hash(fixture.store), fixture.store.status().fileBytes)
        // At a slice, and at the last commit, while the store stands still.
        for after in [0, 1] {
            fault.fail(.diskFull, after: after)
            #expect(throws: StoreError.diskFull) { try fixture.store.defragment() }
            #expect(fault.isSpent, "the fault after \(after) commits was met")
            #expect(try leftovers(fixture) == [])
            #expect(fixture.store.status().fileBytes == bytes)
            #expect(try self.hash(fixture.store) == hash)
        }
        _ = try fixture.write(put("k1", [2]))
        #expect(try fixture.store.defragment().bytesAfter < bytes)
    }

    @Test func whatAKilledProcessLeftIsRemoved() throws {
        let fixture = try StoreFixture()
        try fill(fixture)
        fixture.store.close()
        let left = fixture.directory + "/copy.0123456789abcdef"
        #expect(mkdir(left, 0o700) == 0)
        try Files.write([1], to: left + "/data.mdb")
        try fixture.openAgain()
        #expect(try leftovers(fixture) == [])
    }

    @Test func aClosedStoreIsNotCopied() throws {
        let fixture = try StoreFixture()
        try fill(fixture)
        #expect(throws: StoreError.closed) {
            try fixture.store.defragment(isCancelled: { true })
        }
        #expect(throws: StoreError.closed) {
            _ = try fixture.store.defragment(isCancelled: {
                fixture.store.close()
                return false
            })
        }
        #expect(throws: StoreError.closed) { try fixture.store.defragment() }
        #expect(try leftovers(fixture) == [])
        try fixture.openAgain()
    }

    /// A record that decayed under the running store is met, and the file is left alone.
    @Test func damageIsFoundAndNotCopied() throws {
        let fixture = try StoreFixture()
        try fill(fixture)
        var bytes = try fixture.readFile("data.mdb")
        let size = 4_096
        let path = fixture.directory + "/data.mdb"
        // Pages of large records have nothing but sealed bytes, of all values; others do not.
        let sealed = stride(from: 2 * size, to: bytes.count - size, by: size).filter {
            Set(bytes[$0 + 64..<$0 + size]).count > 200
        }
        for page in sealed { bytes[page + size / 2] ^= 1 }
        // In place: LMDB has the file mapped.
        let descriptor = open(path, O_WRONLY)
        #expect(pwrite(descriptor, bytes, bytes.count, 0) == bytes.count)
        close(descriptor)
        var found: StoreError?
        do throws(StoreError) { _ = try fixture.store.defragment() } catch { found = error }
        guard case .damaged = found else {
            Issue.record("damage was not found: \(String(describing: found))")
            return
        }
        #expect(try leftovers(fixture) == [])
    }
}
