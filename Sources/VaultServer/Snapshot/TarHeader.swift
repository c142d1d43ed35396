/// The block of 512 bytes that a tar file has before each of its files (POSIX `ustar`; sizes that
/// do not fit its twelve octal digits in binary, as GNU tar and others write and read them).
enum TarHeader {
    static let blockCount = 512
    /// Two blocks of zeros end a tar file.
    static let end = [UInt8](repeating: 0, count: 2 * blockCount)

    /// - Parameters:
    ///   - name: at most 100 bytes.
    ///   - modified: seconds since 1970.
    static func block(name: String, byteCount: Int64, modified: Int64) -> [UInt8] {
        precondition(name.utf8.count <= 100 && byteCount >= 0, "a name that fits")
        var block = [UInt8](repeating: 0, count: blockCount)
        block.replaceSubrange(0..<name.utf8.count, with: name.utf8)
        octal(0o600, in: 100..<108, of: &block)
        // The user and group are whoever unpacks it.
        octal(0, in: 108..<116, of: &block)
        octal(0, in: 116..<124, of: &block)
        size(byteCount, in: 124..<136, of: &block)
        octal(modified, in: 136..<148, of: &block)
        block[156] = UInt8(ascii: "0")
        block.replaceSubrange(257..<265, with: Array("ustar\u{0}00".utf8))
        // The checksum is computed with blanks in its place.
        block.replaceSubrange(148..<156, with: repeatElement(UInt8(ascii: " "), count: 8))
        let sum = block.reduce(Int64(0)) { $0 + Int64($1) }
        octal(sum, in: 148..<155, of: &block)
        return block
    }

    /// Bytes that follow a file up to the next block.
    static func padding(after byteCount: Int64) -> Int {
        Int((Int64(blockCount) - byteCount % Int64(blockCount)) % Int64(blockCount))
    }

    /// Octal digits, the last byte a NUL.
    private static func octal(_ number: Int64, in field: Range<Int>, of block: inout [UInt8]) {
        let digits = String(number, radix: 8)
        let count = field.count - 1
        precondition(digits.utf8.count <= count, "a number that fits")
        let text = String(repeating: "0", count: count - digits.utf8.count) + digits
        block.replaceSubrange(field, with: Array(text.utf8) + [0])
    }

    private static func size(_ number: Int64, in field: Range<Int>, of block: inout [UInt8]) {
        guard number >= 1 << 33 else { return octal(number, in: field, of: &block) }
        block[field.lowerBound] = 0x80
        withUnsafeBytes(of: number.bigEndian) { bytes in
            block.replaceSubrange(field.upperBound - bytes.count..<field.upperBound, with: bytes)
        }
    }
}
