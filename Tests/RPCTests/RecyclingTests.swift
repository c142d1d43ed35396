import NIOCore
import Testing

@testable import RPC

/// The memory of messages that is filled again.
@Suite struct RecyclingTests {
    private static let count = 100_000

    /// The message that consists of `byte` alone, `count` times.
    private func message(
        _ byte: UInt8, count: Int = Self.count, from assembler: inout MessageAssembler
    ) throws -> ByteBuffer {
        let frame = ScriptedClient.frame([UInt8](repeating: byte, count: count))
        let message = try frame.withUnsafeBytes { bytes in
            var rest = bytes
            return try assembler.next(from: &rest)
        }
        return try #require(message)
    }

    private func isWhole(_ message: ByteBuffer, _ byte: UInt8, count: Int = Self.count) -> Bool {
        message.readableBytes == count && message.readableBytesView.allSatisfy { $0 == byte }
    }

    private func address(of message: ByteBuffer) -> UnsafeRawPointer? {
        message.withUnsafeReadableBytes { $0.baseAddress }
    }

    private func recycling() -> MessageAssembler {
        var assembler = MessageAssembler(messageBytesMax: 1 << 20, reservesRoom: true)
        assembler.recyclesBodies = true
        return assembler
    }

    @Test func messagesThatAreKeptStayAsTheyAre() throws {
        var assembler = recycling()
        var kept: [ByteBuffer] = []
        for number in 0..<20 { kept.append(try message(UInt8(number), from: &assembler)) }
        for (number, message) in kept.enumerated() { #expect(isWhole(message, UInt8(number))) }
    }

    @Test func messagesOfAllSizesComeWholeInMemoryThatWasUsed() throws {
        var assembler = recycling()
        for (number, count) in [100_000, 3, 200_000, 0, 17_000, 16_384, 300_000].enumerated() {
            for byte in 0..<6 {
                let received = try message(UInt8(byte), count: count, from: &assembler)
                #expect(isWhole(received, UInt8(byte), count: count), "\(number): \(count)")
            }
        }
    }

    @Test func memoryThatNobodyHasIsFilledAgain() throws {
        var assembler = recycling()
        var addresses: Set<UnsafeRawPointer?> = []
        // Takes what was given back to the heap.
        var others: [ByteBuffer] = []
        for number in 0..<50 {
            addresses.insert(address(of: try message(UInt8(number), from: &assembler)))
            others.append(ByteBuffer(repeating: 0, count: Self.count))
        }
        #expect(addresses.count <= 6)
        #expect(others.count == 50)
    }

    /// What a call received is not lying about for the next.
    @Test func noMemoryIsHeldForTheNextCall() throws {
        var assembler = recycling()
        var received = try message(1, from: &assembler)
        let before = address(of: received)
        assembler.reset()
        #expect(!assembler.recyclesBodies)
        // The only owner clears a buffer without moving it.
        received.clear()
        received.writeInteger(UInt8(2))
        #expect(address(of: received) == before)
    }
}
