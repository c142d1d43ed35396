/// The key that a line's text stands for, by docs/formats.md.
enum PlainKey {
    static func decode(_ text: String) -> [UInt8]? {
        if text.hasPrefix("p:") { return Array(text.utf8.dropFirst(2)) }
        guard text.hasPrefix("b:") else { return Array(text.utf8) }
        let digits = Array(text.utf8.dropFirst(2))
        return stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
        }
    }
}
