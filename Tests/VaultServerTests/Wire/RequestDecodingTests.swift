import NIOCore
import SwiftProtobuf
import Testing
import VaultAPI
import VaultStore
import VaultTestSupport

@testable import VaultServer

@Suite struct RequestDecodingTests {
    private func buffer(_ message: some SwiftProtobuf.Message) throws -> ByteBuffer {
        let bytes: [UInt8] = try message.serializedBytes()
        return ByteBuffer(bytes: bytes)
    }

    @Test func everyRequestDecodesAsSwiftProtobufDoes() throws {
        var messages = RandomMessages(random: printedSeed())
        for _ in 0..<2_000 {
            let range = messages.range()
            #expect(RequestDecoding.range(try buffer(range)) == .success(Expected.query(range)))
            let put = messages.put()
            #expect(RequestDecoding.put(try buffer(put)) == .success(Expected.put(put)))
            let delete = messages.delete()
            #expect(
                RequestDecoding.delete(try buffer(delete)) == .success(Expected.delete(delete)))
            let transaction = messages.transaction()
            #expect(
                RequestDecoding.transaction(try buffer(transaction))
                    == .success(Expected.transaction(transaction)))
        }
    }

    /// Flips, cuts and repeats bytes; whatever SwiftProtobuf accepts must be accepted and mean the
    /// same, and whatever it refuses must be refused.
    @Test func damagedRequestsDecodeAsSwiftProtobufDecodesThem() throws {
        var messages = RandomMessages(random: printedSeed())
        var accepted = 0
        var refused = 0
        for _ in 0..<20_000 {
            let original: [UInt8] = try messages.transaction().serializedBytes()
            let bytes = mutated(original, &messages.random)
            let ours = RequestDecoding.transaction(ByteBuffer(bytes: bytes))
            if let theirs = try? Etcdserverpb_TxnRequest(serializedBytes: bytes) {
                accepted += 1
                let isEqual = ours == .success(Expected.transaction(theirs))
                try #require(isEqual, "decoded differently: \(bytes)")
            } else {
                refused += 1
                guard case .failure = ours else {
                    Issue.record("accepted what SwiftProtobuf refuses: \(bytes)")
                    return
                }
            }
        }
        #expect(accepted > 100 && refused > 100, "the mutations must reach both outcomes")
    }

    private func mutated(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        guard !bytes.isEmpty else { return bytes }
        var bytes = bytes
        switch Int.random(in: 0...3, using: &random) {
        case 0: bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
        case 1: bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << (random.next() % 8)
        case 2: bytes += bytes
        default:
            bytes.insert(
                UInt8(truncatingIfNeeded: random.next()),
                at: Int.random(in: 0...bytes.count, using: &random))
        }
        return bytes
    }

    @Test func unknownFieldsOfEveryWireTypeArePassedOver() {
        // 20: varint 1; 21: fixed64; 22: two bytes; 23: group with field 1; 24: fixed32; then key.
        let bytes: [UInt8] =
            [0xa0, 0x01, 1, 0xa9, 0x01, 1, 2, 3, 4, 5, 6, 7, 8, 0xb2, 0x01, 2, 9, 9]
            + [0xbb, 0x01, 0x08, 1, 0xbc, 0x01, 0xc5, 0x01, 1, 2, 3, 4, 0x0a, 1, 0x6b]
        let query = RangeQuery(range: KeyRange(key: [0x6b]))
        #expect(RequestDecoding.range(ByteBuffer(bytes: bytes)) == .success(query))
    }

    @Test func theLastOfRepeatedFieldsCounts() {
        let bytes: [UInt8] = [0x0a, 1, 0x61, 0x0a, 1, 0x62]
        let query = RangeQuery(range: KeyRange(key: [0x62]))
        #expect(RequestDecoding.range(ByteBuffer(bytes: bytes)) == .success(query))
    }

    @Test(
        arguments: [
            [0x0a], [0x0a, 5, 0x61],
            [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            [0x07], [0x00, 1], [0x18, 0x80], [0x0c], [0xbb, 0x01, 0x08, 1],
            [0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 0x00],
            // A field number, or one in a group, that takes more bytes than it may.
            [0x8a, 0x80, 0x80, 0x80, 0x80, 0x00, 1, 0x61],
            [0xbb, 0x01, 0x88, 0x80, 0x80, 0x80, 0x80, 0x00, 1, 0xbc, 0x01],
        ] as [[UInt8]])
    func brokenBytesAreRefused(_ bytes: [UInt8]) {
        guard case .failure = RequestDecoding.range(ByteBuffer(bytes: bytes)) else {
            Issue.record("accepted \(bytes)")
            return
        }
    }

    @Test func nestingBeyondTheLimitIsRefused() throws {
        // Each level is a transaction in a RequestOp in `success`: two messages deep.
        var bytes: [UInt8] = []
        for _ in 0...Limits.messageDepthMax {
            for tag in [0x22, 0x12] as [UInt8] {
                var field = [tag]
                var count = bytes.count
                while count >= 0x80 {
                    field.append(UInt8(count & 0x7f) | 0x80)
                    count >>= 7
                }
                bytes = field + [UInt8(count)] + bytes
            }
        }
        guard case .failure(let error) = RequestDecoding.transaction(ByteBuffer(bytes: bytes))
        else {
            Issue.record("accepted")
            return
        }
        #expect(error.reason == "nested too deep")
    }
}
