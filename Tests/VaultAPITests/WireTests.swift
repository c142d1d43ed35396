import FoundationEssentials
import SwiftProtobuf
import Testing
import VaultAPI

/// Bytes as etcd 3.6 has them on the wire, put together by hand from its field numbers.
@Suite struct WireTests {
    @Test func compareHasItsRangeEndInField64() throws {
        var compare = Etcdserverpb_Compare()
        compare.result = .notEqual
        compare.target = .lease
        compare.key = Data([0x61])
        compare.lease = 7
        compare.rangeEnd = Data([0x62])
        let bytes: [UInt8] = try compare.serializedBytes()
        #expect(
            bytes == [0x08, 3, 0x10, 4, 0x1A, 1, 0x61, 0x40, 7, 0x82, 0x04, 1, 0x62])
    }

    @Test func watchResponseHasItsEventsInField11() throws {
        let bytes: [UInt8] = [
            0x10, 5,  // watch_id
            0x5A, 7, 0x08, 1, 0x12, 3, 0x0A, 1, 0x6B,  // a deletion of "k"
        ]
        let response = try Etcdserverpb_WatchResponse(serializedBytes: bytes)
        #expect(response.watchID == 5)
        #expect(response.events.map(\.type) == [.delete])
        #expect(response.events.first?.kv.key == Data([0x6B]))
    }

    @Test func unknownEnumerationValuesSurvive() throws {
        let bytes: [UInt8] = [0x28, 9]
        let request = try Etcdserverpb_RangeRequest(serializedBytes: bytes)
        #expect(request.sortOrder == .UNRECOGNIZED(9))
        #expect(try request.serializedBytes() as [UInt8] == bytes)
    }

    @Test func unknownFieldsAreTolerated() throws {
        // Field 100, as a newer client may send it.
        let bytes: [UInt8] = [0x0A, 1, 0x6B, 0xA0, 0x06, 1]
        let request = try Etcdserverpb_PutRequest(serializedBytes: bytes)
        #expect(request.key == Data([0x6B]))
        #expect(try request.serializedBytes() as [UInt8] == bytes)
    }
}
