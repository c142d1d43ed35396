import NIOCore
import Testing

@testable import RPC

@Suite struct OutboundQueueTests {
    private func filled() -> OutboundQueue {
        var queue = OutboundQueue()
        queue.append(ByteBuffer(bytes: [1, 2, 3]))
        queue.append(ByteBuffer())
        queue.append(chunks: [ByteBuffer(bytes: [4]), ByteBuffer(), ByteBuffer(bytes: [5, 6])])
        queue.append(prefixed: ByteBuffer(bytes: [0, 0, 0, 0, 1, 7]))
        queue.append(ByteBuffer(repeating: 8, count: 0x0102))
        return queue
    }

    private let expected: [UInt8] =
        [0, 0, 0, 0, 3, 1, 2, 3] + [0, 0, 0, 0, 0] + [0, 0, 0, 0, 3, 4, 5, 6]
        + [0, 0, 0, 0, 1, 7] + [0, 0, 0, 1, 2] + [UInt8](repeating: 8, count: 0x0102)

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8, 11, 1_000])
    func messagesLeaveWithTheirPrefixesInPiecesOfAnySize(size: Int) {
        var queue = filled()
        var output = ByteBuffer()
        while queue.byteCount > 0 {
            let before = queue.byteCount
            let count = min(size, before)
            queue.take(count, into: &output)
            #expect(queue.byteCount == before - count)
        }
        #expect([UInt8](output.readableBytesView) == expected)
    }

    @Test(arguments: [0, 2, 4, 5, 7]) func whatWasOfferedStaysWhenTheRestIsForgotten(kept: Int) {
        var queue = filled()
        queue.truncate(keeping: kept)
        var output = ByteBuffer()
        queue.take(min(kept, queue.byteCount), into: &output)
        #expect([UInt8](output.readableBytesView) == [UInt8](expected.prefix(kept)))
    }
}
