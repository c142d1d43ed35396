import FoundationEssentials
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

@testable import VaultServer
@testable import VaultStore

@Suite struct WatchEncodingTests {
    private static func keyValue(_ random: inout SeededRandom) -> KeyValue {
        KeyValue(
            key: random.bytes(Int(random.next() % 40)),
            value: random.bytes(Int(random.pick([0, 1, 127, 128, 20_000]))),
            createRevision: Revision(Int64(random.next() >> 33)),
            modRevision: Revision(Int64(random.next() >> 20)),
            version: Int64(random.next() % 3), lease: LeaseID(Int64(bitPattern: random.next())))
    }

    private static func message(_ keyValue: KeyValue) -> Mvccpb_KeyValue {
        var message = Mvccpb_KeyValue()
        message.key = Data(keyValue.key)
        message.value = Data(keyValue.value)
        message.createRevision = keyValue.createRevision.rawValue
        message.modRevision = keyValue.modRevision.rawValue
        message.version = keyValue.version
        message.lease = keyValue.lease.rawValue
        return message
    }

    /// Byte for byte what SwiftProtobuf makes of the same response.
    @Test(arguments: TestSeed.seeds(10, for: "watch-encoding"))
    func responsesAreWhatProtobufMakes(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<40 {
            let header = ResponseHeader(
                clusterID: random.next(), memberID: random.next(), raftTerm: 2)
            let revision = Revision(Int64(random.next() >> 30))
            var expected = Etcdserverpb_WatchResponse()
            expected.header = header.message(revision: revision)
            expected.watchID = random.pick([-1, 0, 1, 77, Int64.max])
            expected.created = random.once(in: 2)
            expected.canceled = random.once(in: 2)
            expected.compactRevision = random.pick([0, 5, 1 << 40])
            expected.cancelReason = random.pick(["", "mvcc: watcher range is empty"])
            expected.fragment = random.once(in: 2)
            var events: [Bytes] = []
            for _ in 0..<(random.next() % 4) {
                let (now, before) = (Self.keyValue(&random), Self.keyValue(&random))
                let (isDelete, hasPrevious) = (random.once(in: 2), random.once(in: 2))
                let event = WatchEvent(
                    WatchChange(
                        key: now.key, value: now.value, isDelete: isDelete,
                        createRevision: now.createRevision, modRevision: now.modRevision,
                        version: now.version, lease: now.lease))
                event.previous = before
                events.append(WatchEventEncoding.field(event, withPrevious: hasPrevious))
                var message = Mvccpb_Event()
                message.type = isDelete ? .delete : .put
                message.kv = Self.message(now)
                if hasPrevious { message.prevKv = Self.message(before) }
                expected.events.append(message)
            }
            var response = WatchResponseEncoding(
                header, revision, watchID: expected.watchID, isCreated: expected.created,
                isCancelled: expected.canceled,
                compactRevision: Revision(expected.compactRevision),
                cancelReason: expected.cancelReason)
            response.isFragment = expected.fragment
            response.events = events[...]
            var bytes = Bytes(repeating: 0, count: response.count)
            bytes.withUnsafeMutableBytes { response.write(to: $0) }
            let wanted: [UInt8] = try expected.serializedBytes()
            #expect(bytes == wanted, "seed \(seed)")
        }
    }
}
