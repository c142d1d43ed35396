import Sodium

/// The names of files in the making: `.NAME.<16 hex digits>.tmp`.
enum TemporaryName {
    private static let digitCount = 16
    private static let suffix = ".tmp"
    /// What they have more than the final name: two dots, the digits and the suffix.
    static let extraBytes = 2 + digitCount + suffix.utf8.count

    /// A new one for what will be called `name`.
    static func make(for name: String) -> String {
        ".\(name).\(Hexadecimal.encode(Random.bytes(count: digitCount / 2)))\(suffix)"
    }

    /// What the file with this name was going to be called; nil for every other name.
    static func finalName(of name: String) -> String? {
        guard name.hasPrefix("."), name.hasSuffix(suffix) else { return nil }
        let middle = name.dropFirst().dropLast(suffix.utf8.count)
        guard let dot = middle.lastIndex(of: ".") else { return nil }
        let digits = middle[dot...].dropFirst()
        let isOurs = digits.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
        guard digits.utf8.count == digitCount, isOurs, dot != middle.startIndex else {
            return nil
        }
        return String(middle[..<dot])
    }
}
