import Testing
import VaultTestSupport

@testable import VaultAccess

@Suite struct LineBufferTests {
    @Test func everyByteHasItsTwoDigitsWhereverItStands() {
        for count in 0...70 {
            for first in stride(from: 0, through: 255, by: 51) {
                let bytes = (0..<count).map { UInt8(truncatingIfNeeded: first + 37 * $0) }
                var line = LineBuffer(capacity: 64)
                // An odd place, too: nothing may rely on how bytes are aligned.
                line.put("x")
                bytes.withUnsafeBytes { line.put(hexadecimal: $0) }
                let digits = bytes.map { byte in
                    let text = String(byte, radix: 16)
                    return text.count == 1 ? "0" + text : text
                }
                #expect(String(decoding: line.bytes, as: UTF8.self) == "x" + digits.joined())
            }
        }
    }

    @Test(arguments: [nil, 7, .max] as [Int64?])
    func aHeadIsReadAsItWasWritten(revision: Int64?) {
        var head = AuditHead(
            bootID: Array(1...16), firstSequence: 7, begun: -5, size: 1 << 40)
        head.point = AuditChain.Point(
            sequence: 12, hash: Array(UInt8(1)...32).withUnsafeBytes { AuditHash($0) })
        head.authenticated = AuditChain.Point(
            sequence: 11, hash: Array(UInt8(33)...64).withUnsafeBytes { AuditHash($0) })
        head.mac = Array(65...80)
        head.revision = revision
        #expect(head.encoded.count == AuditHead.byteCount)
        #expect(AuditHead(decoding: head.encoded) == head)
    }
}
