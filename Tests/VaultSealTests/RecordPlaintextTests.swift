import Sodium
import Testing

@testable import VaultSeal

/// Records that are authentic and yet wrong inside: what a vaultd with a bug could have written.
@Suite("Record plaintext")
struct RecordPlaintextTests {
    /// Seals an arbitrary plaintext as a record of `CipherParts()` at log(5, 0).
    private func record(plaintext: [UInt8]) throws -> [UInt8] {
        let parts = CipherParts()
        var key = [UInt8](repeating: 0, count: 32)
        key.withUnsafeMutableBytes { key in
            [UInt8](repeating: 0xA1, count: 32).withUnsafeBytes {
                KeyDerivation.derive(1, context: "vd-data1", from: $0, into: key)
            }
        }
        let header: [UInt8] = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]
        let nonce = [UInt8](repeating: 3, count: 24)
        // Written out by hand, so that the layout is checked by something besides the code.
        let associatedData =
            Array("vd-recd1".utf8) + parts.storeID.bytes + [1, 0, 0, 0] + [11, 0, 0, 0, 0, 0, 0, 0]
            + header + [1, 0, 0, 0] + [0, 0, 0, 0] + [5, 0, 0, 0, 0, 0, 0, 0]
        var text = plaintext + [UInt8](repeating: 0, count: 16)
        text.withUnsafeMutableBytes { text in
            key.withUnsafeBytes { key in
                nonce.withUnsafeBytes { nonce in
                    associatedData.withUnsafeBytes {
                        AEAD.encryptInPlace(text, key: key, nonce: nonce, associatedData: $0)
                    }
                }
            }
        }
        return header + nonce + text
    }

    private func open(_ plaintext: [UInt8], residue: inout [UInt8]) throws(SealError) -> [UInt8] {
        var sealed: [UInt8] = []
        do { sealed = try record(plaintext: plaintext) } catch { Issue.record(error) }
        return try CipherParts().cipher()
            .open(sealed, at: .log(main: 5, sub: 0), residue: &residue)
    }

    private func plaintext(_ payload: [UInt8], padded: Int, count: UInt32) -> [UInt8] {
        var writer = ByteWriter()
        writer.put(payload)
        writer.reserve(padded - payload.count)
        writer.put(count)
        return writer.bytes
    }

    @Test func `A record made by hand from the documented layout opens`() throws {
        var residue: [UInt8] = []
        #expect(try open(plaintext([1, 2], padded: 64, count: 2), residue: &residue) == [1, 2])
        let full = [UInt8](repeating: 4, count: 64)
        #expect(try open(plaintext(full, padded: 64, count: 64), residue: &residue) == full)
    }

    @Test(arguments: [
        (payload: [UInt8](repeating: 1, count: 64), padded: 64, count: UInt32(65)),
        (payload: [1], padded: 64, count: UInt32.max),
        (payload: [1], padded: 128, count: 1),
        (payload: [UInt8](repeating: 1, count: 64), padded: 128, count: 64),
        (payload: [1, 2], padded: 64, count: 1),
        (payload: [UInt8](repeating: 0, count: 63) + [1], padded: 64, count: 0),
    ])
    func `Wrong lengths and padding are refused and wiped`(
        payload: [UInt8], padded: Int, count: UInt32
    ) throws {
        var residue: [UInt8] = [1]
        let error = failure { () throws(SealError) in
            _ = try open(
                plaintext(payload, padded: padded, count: count), residue: &residue)
        }
        #expect(error == .damaged(what: "record: its padding is not right"))
        #expect(residue.allSatisfy { $0 == 0 })
    }
}
