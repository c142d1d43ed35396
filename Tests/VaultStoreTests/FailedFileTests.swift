import Synchronization
import Testing

@testable import VaultStore

/// The disk fails in a way that leaves open what is on it.
@Suite struct FailedFileTests {
    private final class Failures: Sendable {
        let all = Mutex<[StoreError]>([])
    }

    private func put(_ store: Store, _ value: String) throws {
        _ = try store.write(.put(PutOperation(key: [1], value: Bytes(value.utf8))))
    }

    private func values(_ store: Store) throws -> [Bytes] {
        var sink = KeyValueSink()
        _ = try store.range(RangeQuery(range: .all), into: &sink)
        return sink.keyValues.map(\.value)
    }

    @Test func whoLooksAfterTheStoreHearsOnceThatNothingIsWrittenAnyMore() throws {
        let (fault, failures) = (CommitFault(), Failures())
        let fixture = try StoreFixture { configuration in
            configuration.commitFault = fault.take
            configuration.whenFailed = { error in failures.all.withLock { $0.append(error) } }
        }
        try put(fixture.store, "1")
        fault.fail(.diskFull, after: 0)
        #expect(throws: StoreError.diskFull) { try put(fixture.store, "2") }
        #expect(fixture.store.status().failure == nil)
        let failure = StoreError.storage("Input/output error")
        fault.fail(failure, after: 0)
        for _ in 1...2 { #expect(throws: failure) { try put(fixture.store, "2") } }
        // A copy or an archive is not told that the store was closed.
        #expect(throws: failure) { try fixture.store.moment() }
        #expect(failures.all.withLock { $0 } == [failure])
        #expect(fixture.store.status().failure == failure)
        #expect(try values(fixture.store) == [Bytes("1".utf8)])

        try fixture.reopen()
        #expect(fixture.store.status().failure == nil)
        try put(fixture.store, "2")
    }
}
