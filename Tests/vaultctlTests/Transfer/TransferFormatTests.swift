import Testing
import VaultTestSupport

@testable import vaultctl

/// Files of secrets: what is written is read back, byte by byte.
@Suite struct TransferFormatTests {
    private func secret(_ name: String, _ value: [UInt8]) -> TransferredSecret {
        TransferredSecret(name: Array(name.utf8), value: value)
    }

    private func read(_ text: String) throws(CommandFailure) -> [String: String] {
        var values: [String: String] = [:]
        for secret in try TransferFormat.dotenv.read(Array(text.utf8), name: "f") {
            values[String(decoding: secret.name, as: UTF8.self)] =
                String(decoding: secret.value, as: UTF8.self)
        }
        return values
    }

    /// Values of what has a meaning to some reader, in every order of four.
    private var oddValues: [[UInt8]] {
        let pieces = ["'", "\"", "\\", "$", "`", "\n", "\r", " ", "#", "n", "=", "é"]
        var values: [[UInt8]] = [[]]
        for _ in 0..<3 {
            values += values.flatMap { value in pieces.map { value + Array($0.utf8) } }
        }
        return values
    }

    @Test func everyTextComesBackFromDotenv() throws {
        let secrets = oddValues.enumerated().map { secret("A\($0)", $1) }
        let file = try TransferFormat.dotenv.file(of: secrets)
        #expect(try TransferFormat.dotenv.read(file, name: "f") == secrets)
    }

    @Test func aShellReadsTheSame() throws {
        let directory = try TemporaryDirectory()
        for value in oddValues.prefix(400) {
            let file = try TransferFormat.dotenv.file(of: [secret("A", value)])
            try Files.write(file, to: directory.file("f"))
            let shell = try Program.run(
                "/bin/sh", ["-c", ". ./f; printf %s \"$A\""], environment: [:],
                workingDirectory: directory.path, timeout: .seconds(60))
            #expect(shell.output == value)
        }
    }

    @Test func everyValueAndNameComesBackFromJSON() throws {
        let bytes = [[0xFF], [0], [0xC3], Array("\u{e9}".utf8), Array("e\u{301}".utf8), []]
        let names = ["", "a/b", "\u{e9}", "e\u{301}", "\u{7f}\u{2028}", "\"\\"]
        let secrets = zip(names, bytes).map { secret($0, $1) }
        let file = try TransferFormat.json.file(of: secrets)
        #expect(try TransferFormat.json.read(file, name: "f") == secrets)
    }

    @Test func namesThatAreNoTextAreInNoFile() {
        let odd = TransferredSecret(name: [0xFF], value: [])
        for format in TransferFormat.allCases {
            #expect(throws: CommandFailure.self) { try format.file(of: [odd]) }
        }
    }

    @Test func dotenvIsReadAsItsLibrariesDo() throws {
        #expect(
            try read("\u{feff}# c\r\nexport A = 1 # one\r\n\nB=\r\nC= # none\nD=a # b\nE=a#b")
                == ["A": "1", "B": "", "C": "", "D": "a", "E": "a#b"])
        #expect(
            try read("A=\"a\\nb\" # x\nB='a\\nb'\nC='a\nb'") == [
                "A": "a\nb", "B": "a\\nb", "C": "a\nb",
            ])
    }

    @Test func whatWasWrongIsSaidWithItsLineAndWithoutAValue() {
        let failure = failure { () throws(CommandFailure) in
            _ = try read("A='x\ny'\n\nB=hunter$2")
        }
        #expect(failure?.message.contains("line 4") == true)
        #expect(failure?.description.contains("hunter") == false)
    }

    @Test(arguments: [
        (".env", TransferFormat.dotenv), ("a/.env.local", .dotenv), ("web.env", .dotenv),
        ("s.json", .json), ("-", nil), ("secrets", nil),
    ])
    func namesOfFilesSayWhatIsInThem(path: String, format: TransferFormat?) {
        #expect(TransferFormat(path: path) == format)
    }
}
