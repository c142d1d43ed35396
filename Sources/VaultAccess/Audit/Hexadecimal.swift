/// Lower-case hexadecimal text of public bytes. Not for secrets: its time depends on them.
enum Hexadecimal {
    /// False unless `text` is two digits `0-9a-f` for each byte of `output`.
    static func decode(
        _ text: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard text.count == 2 * output.count else { return false }
        var wrong: UInt8 = 0
        for index in 0..<output.count {
            let high = value(text[2 * index])
            let low = value(text[2 * index + 1])
            wrong |= (high | low) & 0xF0
            output[index] = high << 4 | low & 15
        }
        return wrong == 0
    }

    /// 16 or more for what is no digit.
    @inline(__always)
    private static func value(_ digit: UInt8) -> UInt8 {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: 0xFF
        }
    }
}
