/// Secrets as `NAME=VALUE` lines that a POSIX shell reads, and what else reads such files.
///
///     A=plain          B='two words'          C="it's \$5"
enum DotenvWriter {
    static func file(of secrets: [TransferredSecret]) throws(CommandFailure) -> [UInt8] {
        var file: [UInt8] = []
        for secret in secrets {
            let shown = TerminalText.escaped(secret.name)
            guard let name = String(validating: secret.name, as: UTF8.self),
                SecretBinding.isName(name)
            else {
                throw CommandFailure(
                    .failed, "'\(shown)' cannot be the name of a variable",
                    nextStep: "export with --format json, or with a longer --prefix")
            }
            guard TerminalText.isText(secret.value) else {
                throw CommandFailure(
                    .failed, "the value of \(shown) is not text, which dotenv files are made of",
                    nextStep: "export with --format json")
            }
            file += secret.name + [UInt8(ascii: "=")] + quoted(secret.value)
            file.append(UInt8(ascii: "\n"))
        }
        return file
    }

    private static func quoted(_ value: [UInt8]) -> [UInt8] {
        if value.allSatisfy(isPlain) { return value }
        // Nothing between single quotes means anything to any reader.
        if !value.contains(UInt8(ascii: "'")) {
            return [UInt8(ascii: "'")] + value + [UInt8(ascii: "'")]
        }
        var text = [UInt8(ascii: "\"")]
        for byte in value {
            if Dotenv.meaningful.contains(byte) { text.append(UInt8(ascii: "\\")) }
            text.append(byte)
        }
        return text + [UInt8(ascii: "\"")]
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: Array("_./:@%+,-=".utf8).contains(byte)
        }
    }
}
