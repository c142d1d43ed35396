import FoundationEssentials
import SwiftProtobuf
import Testing
import VaultAPI
import VaultTestSupport

@testable import VaultClient

@Suite struct ArchivePieceTests {
    private func blob(_ bytes: [UInt8], records: UInt64) -> Vault_V1_ArchiveBlob {
        var blob = Vault_V1_ArchiveBlob()
        blob.blob = Data(bytes)
        blob.records = records
        return blob
    }

    /// What is read in place; nil for what the general decoder takes.
    private func read(_ message: [UInt8]) -> (bytes: [UInt8], records: UInt64)? {
        message.withUnsafeBytes { message in
            ArchivePiece(message).map { (Array(message[$0.bytes]), $0.records) }
        }
    }

    @Test(arguments: [1, 127, 128, 16_383, 16_384, 300_000])
    func messagesOfVaultdAreReadWhereTheyLie(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        for records: UInt64 in [0, 1, 127, 128, 1 << 62] {
            let message: [UInt8] = try blob(bytes, records: records).serializedBytes()
            let piece = try #require(read(message))
            #expect(piece.bytes == bytes)
            #expect(piece.records == records)
        }
    }

    /// Whatever is read in place means the same to SwiftProtobuf; what was cut off or changed so
    /// that it is no message is left to it, which refuses it.
    @Test(arguments: TestSeed.seeds(2, for: "archive piece"))
    func damagedMessagesMeanWhatTheyMeanToSwiftProtobuf(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var (taken, left) = (0, 0)
        for _ in 0..<20_000 {
            let records = random.once(in: 2) ? 0 : random.next() >> UInt64(random.next() % 64)
            var message: [UInt8] = try blob(
                random.bytes(Int(random.next() % 20)), records: records
            ).serializedBytes()
            switch random.next() % 4 {
            case 0: message = Array(message.prefix(Int(random.next() % 24)))
            case 1: message += random.bytes(Int(random.next() % 4))
            case 2 where !message.isEmpty:
                message[Int(random.next() % UInt64(message.count))] ^= 1 << UInt8(random.next() % 8)
            default: break
            }
            guard let piece = read(message) else {
                left += 1
                continue
            }
            taken += 1
            let decoded = try Vault_V1_ArchiveBlob(serializedBytes: message)
            #expect([UInt8](decoded.blob) == piece.bytes)
            #expect(decoded.records == piece.records)
        }
        #expect(taken > 1_000)
        #expect(left > 1_000)
    }

    @Test func otherEncodingsAreLeftToTheGeneralDecoder() {
        let others: [[UInt8]] = [
            [], [0x0A], [0x10, 7], [0x10, 7, 0x0A, 1, 65], [0x0A, 1, 65, 0x0A, 1, 66],
            [0x0A, 1, 65, 0x1A, 1, 66], [0x0A, 2, 65], [0x0A, 1, 65, 0x10],
            [0x0A] + [UInt8](repeating: 0xFF, count: 9) + [1],
        ]
        for message in others { #expect(read(message) == nil, "\(message)") }
    }
}
