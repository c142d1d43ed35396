import Testing
import VaultSeal

@testable import VaultStore

/// A watcher that has much of the past to read while keys of it are destroyed.
@Suite struct DestroyedWatchTests {
    private func put(_ store: Store, _ key: String) throws {
        _ = try store.write(.put(PutOperation(key: Bytes(key.utf8), value: [1])))
    }

    @Test(arguments: [false, true]) func whatIsDestroyedBetweenTwoSlicesIsPassedOver(
        isDense: Bool
    ) throws {
        let fixture = try StoreFixture()
        let store = fixture.store
        let count = Limits.watchSliceRecordsMax + 200
        for number in 0..<count {
            try put(store, "a/\(number)")
            // Others, so that the range's places are gathered and not read record by record.
            if !isDense { for other in 0..<4 { try put(store, "b/\(number)/\(other)") } }
        }
        let range = KeyRange(key: Bytes("a/".utf8), rangeEnd: Bytes("a0".utf8))
        var reader = WatchLogReader(log: store.log, index: store.index, clock: store.clock)
        let end = store.revision.rawValue
        let first = try #require(
            try reader.read(
                [WatchHub.Reading(group: 0, range: range, from: 2)], upTo: end, waiting: 0))
        #expect(first.events[0].count == Limits.watchSliceRecordsMax)
        // Told already, the next to be told, and the last.
        for number in [3, Limits.watchSliceRecordsMax, count - 1] {
            _ = try store.write(.destroy(Bytes("a/\(number)".utf8)))
        }
        let second = try #require(
            try reader.read(
                [WatchHub.Reading(group: 0, range: range, from: first.upTo + 1)], upTo: end,
                waiting: 0))
        let expected = ((Limits.watchSliceRecordsMax + 1)..<(count - 1)).map { "a/\($0)" }
        #expect(second.events[0].map { String(decoding: $0.key, as: UTF8.self) } == expected)
        #expect(second.upTo == end)
    }
}
