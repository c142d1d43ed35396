import Testing
import VaultTestSupport

@testable import VaultStore

/// Watchers that want to know what was there before, which may be far larger than the event.
@Suite struct PreviousRoomTests {
    private static let room = 256 << 10
    private static let count = 300

    /// Deletions of large values, from the log or as they are committed: never more than there is
    /// room for, and one revision; and in the end all of them.
    @Test(arguments: [false, true], [false, true])
    func whatWasThereBeforeCounts(isSynced: Bool, allowsFragments: Bool) throws {
        let fixture = try StoreFixture()
        let keys = (0..<Self.count).map { Bytes("w/\($0 + 1_000)".utf8) }
        let values = (0..<Self.count).map { Bytes(repeating: UInt8($0 & 0xff), count: 40_000) }
        for (key, value) in zip(keys, values) {
            _ = try fixture.write(.put(PutOperation(key: key, value: value)))
        }
        let receiver = CollectingReceiver()
        let stream = try fixture.store.watch(receiver)
        var request = WatchRequest(range: .prefix(Bytes("w/".utf8)))
        request.wantsPrevious = true
        request.allowsFragments = allowsFragments
        request.startRevision = Revision(fixture.store.revision.rawValue + 1)
        let deletions = keys.map { WriteRequest.delete(DeleteOperation(range: KeyRange(key: $0))) }
        if isSynced {
            stream.create(request)
            try receiver.wait { !$0.created.isEmpty }
            receiver.setRoom(Self.room)
            for answer in try fixture.writeTogether(deletions) { _ = try answer.get() }
        } else {
            for deletion in deletions { _ = try fixture.write(deletion) }
            stream.create(request)
            try receiver.wait { !$0.created.isEmpty }
            receiver.setRoom(Self.room)
            stream.resume()
        }
        var told = 0
        while told < Self.count {
            try receiver.wait { ($0.events[0]?.count ?? 0) > told }
            // Another stream's answer comes after whatever was still to be told to this one.
            try Self.settle(fixture)
            let now = receiver.seen.events[0] ?? []
            #expect(Self.bytes(now[told...].dropLast()) <= Self.room)
            told = now.count
            receiver.setRoom(Self.room)
            stream.resume()
        }
        let events = receiver.seen.events[0] ?? []
        #expect(events.map(\.key) == keys)
        #expect(events.map { $0.previous?.value } == values)
    }

    private static func bytes(_ events: some Sequence<WatchEvent>) -> Int {
        events.reduce(0) { $0 + $1.key.count + ($1.previous?.value.count ?? 0) }
    }

    private static func settle(_ fixture: StoreFixture) throws {
        let receiver = CollectingReceiver()
        let stream = try fixture.store.watch(receiver)
        var request = WatchRequest(range: KeyRange(key: Bytes("other".utf8)))
        for number in 1...3 {
            request.watchID = Int64(number)
            stream.create(request)
            try receiver.wait { $0.created.count == number }
        }
        stream.close()
    }
}
