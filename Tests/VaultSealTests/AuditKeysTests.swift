import Sodium
import Testing

@testable import VaultSeal

@Suite("Audit keys")
struct AuditKeysTests {
    /// The chain's key is 0, 1 ... 15, as in SipHash's own vectors; the names' key is another.
    private static func keys(chain: [UInt8] = Array(0..<16)) throws(SealError) -> AuditKeys {
        var bytes = chain + [UInt8](repeating: 0xA5, count: 16)
        return try AuditKeys(wiping: &bytes)
    }

    private static func mac(_ keys: AuditKeys, _ message: [UInt8]) -> [UInt8]? {
        digest(message) { keys.mac(of: $0, into: $1) }
    }

    private static func name(_ keys: AuditKeys, _ message: [UInt8]) -> [UInt8]? {
        digest(message) { keys.keyHash(of: $0, into: $1) }
    }

    private static func digest(
        _ message: [UInt8],
        _ body: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> Bool
    ) -> [UInt8]? {
        var output = [UInt8](repeating: 0, count: AuditKeys.digestCount)
        let isDone = message.withUnsafeBytes { message in
            output.withUnsafeMutableBytes { body(message, $0) }
        }
        return isDone ? output : nil
    }

    private static func isMAC(_ mac: [UInt8], of message: [UInt8], _ keys: AuditKeys) -> Bool {
        var pair = 0
        return message.withUnsafeBytes { keys.isMAC(mac, of: $0, from: &pair) }
    }

    /// vectors_sip128 of github.com/veorq/SipHash, the first two.
    @Test func `A MAC is SipHash-2-4 with 128 bits`() throws {
        let keys = try Self.keys()
        #expect(
            Self.mac(keys, []) == [
                0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6, 0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55,
                0x02, 0x93,
            ])
        #expect(
            Self.mac(keys, [0]) == [
                0xda, 0x87, 0xc1, 0xd8, 0x6b, 0x99, 0xaf, 0x44, 0x34, 0x76, 0x59, 0x11, 0x9b, 0x22,
                0xfc, 0x45,
            ])
    }

    @Test func `The hash of a name is under another key than the chain`() throws {
        let keys = try Self.keys()
        #expect(Self.name(keys, [0]) != Self.mac(keys, [0]))
    }

    @Test func `Another key's MAC and another message's are none`() throws {
        let keys = try Self.keys()
        let mac = try #require(Self.mac(keys, [1, 2, 3]))
        #expect(Self.isMAC(mac, of: [1, 2, 3], keys))
        #expect(!Self.isMAC(mac, of: [1, 2, 4], keys))
        let others = try Self.keys(chain: [UInt8](repeating: 1, count: 16))
        #expect(!Self.isMAC(mac, of: [1, 2, 3], others))
    }

    @Test func `A changed bit and a missing byte make it no MAC`() throws {
        let keys = try Self.keys()
        let mac = try #require(Self.mac(keys, [9]))
        for bit in 0..<mac.count * 8 {
            var changed = mac
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!Self.isMAC(changed, of: [9], keys), "bit \(bit)")
        }
        #expect(!Self.isMAC(Array(mac.dropLast()), of: [9], keys))
    }

    @Test func `Closed keys do nothing, also the second time`() throws {
        let keys = try Self.keys()
        let mac = try #require(Self.mac(keys, [5]))
        keys.close()
        keys.close()
        #expect(Self.mac(keys, [5]) == nil)
        #expect(Self.name(keys, [5]) == nil)
        #expect(!Self.isMAC(mac, of: [5], keys))
    }

    @Test func `The bytes that keys are made of are wiped`() throws {
        var bytes = [UInt8](repeating: 7, count: 32)
        let keys = try AuditKeys(wiping: &bytes)
        #expect(bytes.allSatisfy { $0 == 0 })
        keys.close()
    }

    @Test func `Every opening of a vault gives the same keys, and another vault others`() throws {
        func name(_ directory: ScratchDirectory) throws -> [UInt8]? {
            let opened = try KeyringFile.openAll(in: directory.path, with: try keyfile(7))
            defer { opened.cipher.close() }
            return Self.name(opened.auditKeys, [1])
        }
        let (one, other) = (ScratchDirectory(), ScratchDirectory())
        _ = try createVault(in: one)
        _ = try createVault(in: other)
        let first = try #require(try name(one))
        #expect(try name(one) == first)
        #expect(try name(other) != first)
    }
}
