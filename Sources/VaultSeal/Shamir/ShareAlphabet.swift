/// How a share is written: Crockford's base 32, which has no letters that look like digits, in
/// groups of four characters and one that checks them.
enum ShareAlphabet {
    static let symbols = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    static let groupCount = 5

    /// The value of a character, however it was typed; nil for one that means nothing.
    static func value(of character: UInt8) -> UInt8? {
        let lower = character | 0x20
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return character - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
            switch lower {
            case UInt8(ascii: "o"): return 0
            case UInt8(ascii: "i"), UInt8(ascii: "l"): return 1
            default: return symbols.firstIndex(of: lower).map { UInt8($0) }
            }
        default: return nil
        }
    }

    /// The last character of a group. Each character has another weight in GF(2^5), so any one
    /// wrong character and any two that were exchanged are noticed, and a group in the place of
    /// another as well.
    static func check(_ values: some Collection<UInt8>, group: Int) -> UInt8 {
        var sum = UInt8(0)
        for value in values { sum = doubled(sum ^ value) }
        return sum ^ UInt8(group & 31)
    }

    /// Times x modulo x^5 + x^2 + 1, without a branch.
    private static func doubled(_ value: UInt8) -> UInt8 {
        let carry = 0 &- ((value >> 4) & 1)
        return ((value << 1) & 31) ^ (0x05 & carry)
    }
}
