/// Reads `NAME=VALUE` lines. What programs that read such files would take for different values is
/// refused: rather no secret than a wrong one.
struct DotenvReader {
    private var rest: ArraySlice<UInt8>
    private var line = 1
    private let file: String

    static func read(
        _ bytes: ArraySlice<UInt8>, name: String
    ) throws(CommandFailure) -> [TransferredSecret] {
        var reader = DotenvReader(rest: bytes, file: name)
        var secrets: [TransferredSecret] = []
        var lines: [[UInt8]: Int] = [:]
        while reader.findsLine() {
            let line = reader.line
            let secret = try reader.secret()
            if let earlier = lines.updateValue(line, forKey: secret.name) {
                throw CommandFailure(
                    .failed,
                    "\(name) has \(TerminalText.escaped(secret.name)) in line \(earlier) and in "
                        + "line \(line)",
                    nextStep: "leave one of them out")
            }
            secrets.append(secret)
        }
        return secrets
    }

    private init(rest: ArraySlice<UInt8>, file: String) {
        self.rest = rest
        self.file = file
    }

    private func wrong(_ what: String, _ nextStep: String) -> CommandFailure {
        CommandFailure(.failed, "\(file), line \(line): \(what)", nextStep: nextStep)
    }

    /// Goes to the next line that is neither empty nor a comment; false when there is none.
    private mutating func findsLine() -> Bool {
        while let byte = rest.first {
            switch byte {
            case UInt8(ascii: "\n"): takeNewline()
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): rest.removeFirst()
            case UInt8(ascii: "#"): skipComment()
            default: return true
            }
        }
        return false
    }

    private mutating func takeNewline() {
        rest.removeFirst()
        line += 1
    }

    private mutating func skipComment() {
        rest = rest.drop { $0 != UInt8(ascii: "\n") }
    }

    private mutating func skipBlanks() {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    private mutating func secret() throws(CommandFailure) -> TransferredSecret {
        let export = Array("export".utf8)
        if rest.starts(with: export), let next = rest.dropFirst(export.count).first,
            next == UInt8(ascii: " ") || next == UInt8(ascii: "\t")
        {
            rest = rest.dropFirst(export.count)
            skipBlanks()
        }
        let name = rest.prefix { $0 != UInt8(ascii: "=") && !Self.isSpace($0) }
        rest = rest.dropFirst(name.count)
        skipBlanks()
        guard rest.first == UInt8(ascii: "=") else {
            throw wrong("no NAME=VALUE", "write one a line, and # before a comment")
        }
        guard SecretBinding.isName(String(decoding: name, as: UTF8.self)) else {
            throw wrong(
                "'\(TerminalText.escaped(name))' cannot be the name of a variable",
                "use letters, digits and _, and no digit first, or import JSON")
        }
        rest.removeFirst()
        return TransferredSecret(name: Array(name), value: try value())
    }

    private mutating func value() throws(CommandFailure) -> [UInt8] {
        let hasBlank = rest.first == UInt8(ascii: " ") || rest.first == UInt8(ascii: "\t")
        skipBlanks()
        switch rest.first {
        case UInt8(ascii: "'"): return try quoted(by: UInt8(ascii: "'"))
        case UInt8(ascii: "\""): return try quoted(by: UInt8(ascii: "\""))
        case UInt8(ascii: "#") where !hasBlank: throw unclear("#")
        default: return try unquoted()
        }
    }

    private func unclear(_ what: String) -> CommandFailure {
        wrong(
            "programs do not agree on what \(what) means here",
            "put the value in single quotes to have it as it is")
    }

    private mutating func unquoted() throws(CommandFailure) -> [UInt8] {
        var value = Array(rest.prefix { $0 != UInt8(ascii: "\n") })
        rest = rest.dropFirst(value.count)
        if value.first == UInt8(ascii: "#") { return [] }
        let comment = value.indices.dropFirst().first { index in
            value[index] == UInt8(ascii: "#") && Self.isSpace(value[index - 1])
        }
        if let comment { value.removeSubrange(comment...) }
        while let last = value.last, Self.isSpace(last) { value.removeLast() }
        let unclear = value.first { Dotenv.meaningful.contains($0) || $0 == UInt8(ascii: "'") }
        if let unclear { throw self.unclear(String(Unicode.Scalar(unclear))) }
        return value
    }

    private mutating func quoted(by quote: UInt8) throws(CommandFailure) -> [UInt8] {
        let opened = line
        rest.removeFirst()
        var value: [UInt8] = []
        while let byte = rest.first, byte != quote {
            if byte == UInt8(ascii: "\n") { line += 1 }
            rest.removeFirst()
            if quote == UInt8(ascii: "\""), Dotenv.meaningful.contains(byte) {
                guard byte == UInt8(ascii: "\\") else {
                    throw unclear(String(Unicode.Scalar(byte)))
                }
                value.append(try escaped())
            } else {
                value.append(byte)
            }
        }
        guard !rest.isEmpty else {
            line = opened
            throw wrong("a quote is not closed", "close it")
        }
        rest.removeFirst()
        skipBlanks()
        if rest.first == UInt8(ascii: "\r") { rest.removeFirst() }
        if rest.first == UInt8(ascii: "#") { skipComment() }
        guard rest.isEmpty || rest.first == UInt8(ascii: "\n") else {
            throw wrong("something follows the closing quote", "put all of the value in quotes")
        }
        return value
    }

    private mutating func escaped() throws(CommandFailure) -> UInt8 {
        let byte = rest.popFirst() ?? 0
        if Dotenv.meaningful.contains(byte) { return byte }
        switch byte {
        case UInt8(ascii: "n"): return UInt8(ascii: "\n")
        case UInt8(ascii: "r"): return UInt8(ascii: "\r")
        case UInt8(ascii: "t"): return UInt8(ascii: "\t")
        default: throw unclear("\\")
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n")]
            .contains(byte)
    }
}
