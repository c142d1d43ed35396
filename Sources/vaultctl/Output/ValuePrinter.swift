/// How values are printed for people and for programs that read lines.
struct ValuePrinter {
    enum Form {
        /// The value and a newline; what is not text is refused, or shown escaped.
        case line
        /// The same, and one line for each value.
        case lines
        /// The exact bytes and a zero byte.
        case null
        /// The exact bytes.
        case raw
    }

    private let form: Form
    private let isTerminal: Bool
    private var hasNoted = false

    init(_ form: Form, isTerminal: Bool) {
        self.form = form
        self.isTerminal = isTerminal
    }

    /// A value as it is printed.
    mutating func text(of value: [UInt8], key: [UInt8]) throws(CommandFailure) -> [UInt8] {
        switch form {
        case .raw: return value
        case .null:
            guard !value.contains(0) else {
                throw CommandFailure(
                    .failed,
                    "the value of \(TerminalText.escaped(key)) has a zero byte, "
                        + "which --null puts between values",
                    nextStep: "get it alone with --raw, or use -o json")
            }
            return value + [0]
        case .line, .lines:
            return try line(value, key) + [UInt8(ascii: "\n")]
        }
    }

    /// The name of a key before its value.
    func name(of key: [UInt8]) -> [UInt8] {
        form == .null ? key + [0] : Array(TerminalText.escaped(key).utf8) + [UInt8(ascii: "\t")]
    }

    private mutating func line(
        _ value: [UInt8], _ key: [UInt8]
    ) throws(CommandFailure) -> [UInt8] {
        let isOneOfSeveral = form == .lines
        let hasLines = isOneOfSeveral && value.contains(UInt8(ascii: "\n"))
        guard isTerminal else {
            guard TerminalText.isText(value) else {
                let size = Quantity.bytes(Int64(value.count))
                throw CommandFailure(
                    .failed, "the value of \(TerminalText.escaped(key)) is not text (\(size))",
                    nextStep: isOneOfSeveral
                        ? "get it alone with --raw, or use -o json"
                        : "print its exact bytes with --raw, or use -o json")
            }
            guard !hasLines else {
                throw CommandFailure(
                    .failed,
                    "the value of \(TerminalText.escaped(key)) has more lines than one",
                    nextStep: "drop a newline at its end with --trim-newline, or use --null or "
                        + "-o json")
            }
            return value
        }
        if TerminalText.isHarmless(value), !hasLines { return value }
        if !hasNoted {
            hasNoted = true
            StandardError.write(
                isOneOfSeveral
                    ? "vaultctl: not plain lines of text: shown escaped\n"
                    : "vaultctl: not plain text: shown escaped; --raw prints the bytes\n")
        }
        return Array(TerminalText.escaped(value).utf8)
    }
}
