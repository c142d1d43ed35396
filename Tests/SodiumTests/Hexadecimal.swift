/// The bytes of hexadecimal digits; anything else in the text is skipped.
func bytes(_ hexadecimal: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in hexadecimal.compactMap(\.hexDigitValue).map(UInt8.init) {
        if let pending = high {
            bytes.append(pending << 4 | digit)
            high = nil
        } else {
            high = digit
        }
    }
    return bytes
}
