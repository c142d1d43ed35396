import Testing

@testable import vaultctl

@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("db/password", "db/password"),
        ("grüße 世界 🔑", "grüße 世界 🔑"),
        ("a\u{1b}[2Jb", #"a\u{1b}[2Jb"#),
        ("bell\u{07}", #"bell\u{7}"#),
        ("line\nfeed\ttab", #"line\u{a}feed\u{9}tab"#),
        ("\u{9b}31m", #"\u{9b}31m"#),
        ("\u{7f}", #"\u{7f}"#),
        ("\u{202e}gnp.exe", #"\u{202e}gnp.exe"#),
        ("zero\u{200b}width", #"zero\u{200b}width"#),
        (#"back\slash"#, #"back\\slash"#),
    ])
    func onlyVisibleCharactersReachTheTerminal(name: String, shown: String) {
        #expect(TerminalText.escaped(name.utf8) == shown)
    }

    @Test func bytesThatAreNotUTF8AreShownOneByOne() {
        #expect(TerminalText.escaped([0x61, 0xFF, 0x00, 0xC3, 0x62]) == #"a\xff\u{0}\xc3b"#)
    }

    @Test func nameThatLooksEscapedDiffersFromTheEscapedOne() {
        #expect(
            TerminalText.escaped(#"\u{1b}"#.utf8) != TerminalText.escaped("\u{1b}".utf8))
    }

    @Test func errorLinesKeepBackslashesButNoControls() {
        #expect(TerminalText.line("a\\b\u{1b}\n") == #"a\b\u{1b}\u{a}"#)
    }

    @Test func certificateWithCarriageReturnsIsText() {
        #expect(TerminalText.isText(Array("-----BEGIN\r\nAAAA\r\n".utf8)))
        // A carriage return would let the value overwrite its own beginning.
        #expect(!TerminalText.isHarmless(Array("secret\rpublic".utf8)))
    }

    @Test(arguments: [[0xFF], [0x00], [0x61, 0x1B]] as [[UInt8]])
    func binaryValueIsNotText(value: [UInt8]) {
        #expect(!TerminalText.isText(value))
    }
}
