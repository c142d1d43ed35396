extension KeySpan {
    /// Whether there is a key in both.
    func overlaps(_ other: KeySpan) -> Bool {
        func begins(_ lower: [UInt8], before upper: [UInt8]?) -> Bool {
            upper.map { lower.lexicographicallyPrecedes($0) } ?? true
        }
        return begins(lower, before: other.upper) && begins(other.lower, before: upper)
    }

    /// For people: the key alone, or the range from its first key to the first after it.
    var text: String {
        isSingleKey ? Self.quoted(lower) : Self.text(lower, upper)
    }

    static func text(_ lower: [UInt8], _ upper: [UInt8]?) -> String {
        switch (lower.isEmpty, upper) {
        case (true, nil): "every key"
        case (false, nil): "\(quoted(lower)) and all after it"
        case (true, let upper?): "everything before \(quoted(upper))"
        case (false, let upper?):
            upper.dropLast() == lower[...] && upper.last == 0
                ? quoted(lower) : "\(quoted(lower)) up to \(quoted(upper))"
        }
    }

    /// Bytes of a key that a line shows; the rest is left out.
    private static let shownBytesMax = 80

    /// In quotes; everything but plain ASCII as \xNN, so that a line stays a line.
    static func quoted(_ key: [UInt8]) -> String {
        var text = "\""
        for byte in key.prefix(shownBytesMax) {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text += "\\" + String(UnicodeScalar(byte))
            case 0x20...0x7e: text += String(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16)
                text += "\\x" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return text + (key.count > shownBytesMax ? "…\"" : "\"")
    }
}
