import Sodium
import Testing

/// The vectors of the SipHash authors for 128 bits of output (key 00 to 0f, message 00, 01...).
@Suite("SipHash-2-4-128")
struct ShortHashTests {
    static let vectors: [(count: Int, digest: String)] = [
        (0, "a3817f04ba25a8e66df67214c7550293"),
        (1, "da87c1d86b99af44347659119b22fc45"),
        (2, "8177228da4a45dc7fca38bdef60affe4"),
        (3, "9c70b60c5267a94e5f33b6b02985ed51"),
    ]

    @Test(arguments: vectors)
    func `The published vectors are reproduced`(count: Int, digest: String) {
        let message = (0..<count).map(UInt8.init)
        var output = [UInt8](repeating: 0, count: ShortHash.digestCount)
        output.withUnsafeMutableBytes { output in
            message.withUnsafeBytes { message in
                Array(UInt8(0)...15).withUnsafeBytes {
                    ShortHash.digest(of: message, key: $0, into: output)
                }
            }
        }
        #expect(output == bytes(digest))
    }
}
