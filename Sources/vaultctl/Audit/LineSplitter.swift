/// Makes lines of bytes as they come. What has no line end yet waits for it.
struct LineSplitter {
    /// A transaction's line names 128 operations; much more is no line of the log.
    static let lineBytesMax = 1 << 20

    private var rest: [UInt8] = []

    /// The lines that the bytes complete, without their ends.
    mutating func take(_ bytes: [UInt8]) throws(CommandFailure) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for piece in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            lines.append(rest + piece)
            rest = []
        }
        rest += bytes[(bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)...]
        guard rest.count <= Self.lineBytesMax else { throw Self.tooLong }
        return lines
    }

    static let tooLong = CommandFailure(
        .failed, "the file has a line of more than \(Quantity.bytes(Int64(lineBytesMax)))",
        nextStep: "name a file of the audit log")
}
