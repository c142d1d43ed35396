/// The names in the log's directory.
enum AuditFileName {
    static let current = "audit.jsonl"
    static let head = "audit.head"
    /// The next file, until it gets its name.
    static let next = "audit.next"
    /// Zeros that are given up when the disk is full, where files cannot be preallocated.
    static let reserve = "audit.reserve"
    private static let prefix = "audit-"
    private static let suffix = ".jsonl"
    private static let digits = 20

    /// A finished file, by the number of its first line: names sort as the lines do.
    static func rotated(_ firstSequence: UInt64) -> String {
        let number = String(firstSequence)
        return prefix + String(repeating: "0", count: digits - number.utf8.count) + number + suffix
    }

    /// Where a file is put that stands where the log should be.
    static func foreign(_ sequence: UInt64) -> String { "audit-foreign-\(sequence).jsonl" }

    /// The number in a finished file's name; nil for other names.
    static func firstSequence(in name: some StringProtocol) -> UInt64? {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
        let number = name.dropFirst(prefix.count).dropLast(suffix.count)
        guard number.utf8.count == digits,
            number.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return UInt64(number)
    }
}
