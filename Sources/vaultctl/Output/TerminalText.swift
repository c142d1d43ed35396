/// Text that is safe to show on a terminal: key names and values are somebody else's words, and
/// could move the cursor, change the title or turn the writing direction.
enum TerminalText {
    /// Escapes everything that is not plainly visible, and the backslash itself, so that two
    /// different names never look the same.
    ///
    ///     a<ESC>[2Jb  ->  a\u{1b}[2Jb      the byte ff, alone  ->  \xff
    static func escaped(_ bytes: some Collection<UInt8>) -> String {
        escape(bytes, keepingBackslash: false)
    }

    /// Escapes an error message, whose backslashes are nobody's business.
    static func line(_ text: String) -> String {
        escape(text.utf8, keepingBackslash: true)
    }

    /// Whether the bytes are text: UTF-8, and no control characters besides tab and line ends.
    static func isText(_ bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        return text.unicodeScalars.allSatisfy { !isControl($0) || isLayout($0) }
    }

    /// Whether text may go to a terminal as it is.
    static func isHarmless(_ bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        return text.unicodeScalars.allSatisfy { !isHidden($0) || $0 == "\t" || $0 == "\n" }
    }

    private static func escape(
        _ bytes: some Collection<UInt8>, keepingBackslash: Bool
    ) -> String {
        var result = ""
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            guard let (scalar, length) = firstScalar(of: rest) else {
                result += "\\x" + hexadecimal(rest.removeFirst())
                continue
            }
            rest.removeFirst(length)
            if isHidden(scalar) {
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else if scalar == "\\" && !keepingBackslash {
                result += "\\\\"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The scalar that the bytes begin with; nil when they do not begin with one.
    private static func firstScalar(
        of bytes: ArraySlice<UInt8>
    ) -> (scalar: Unicode.Scalar, length: Int)? {
        var iterator = bytes.makeIterator()
        var decoder = Unicode.UTF8.ForwardParser()
        guard case .valid(let encoded) = decoder.parseScalar(from: &iterator) else { return nil }
        return (Unicode.UTF8.decode(encoded), encoded.count)
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }

    private static func isLayout(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\t" || scalar == "\n" || scalar == "\r"
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control
    }

    /// Controls, direction marks, zero-width and other format characters, line separators.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
            .unassigned:
            true
        default: false
        }
    }
}
