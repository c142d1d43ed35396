import Testing

@testable import vaultctl

@Suite struct LineEditorTests {
    /// Types bytes until the editor is done with them.
    private func type(_ bytes: [UInt8], limit: Int = 100) -> (LineEditor.Step, [UInt8]) {
        var editor = LineEditor(limit: limit)
        var step = LineEditor.Step.goOn
        for byte in bytes where step == .goOn { step = editor.type(byte) }
        return (step, vaultctlTests.bytes(of: editor.finish()))
    }

    @Test func newlineEndsTheLineAndIsNoPartOfIt() {
        let (step, line) = type(Array("secret\n".utf8))
        #expect(step == .done)
        #expect(line == Array("secret".utf8))
    }

    @Test func backspaceTakesAWholeCharacter() {
        #expect(type(Array("aü\u{7f}b\r".utf8)).1 == Array("ab".utf8))
        #expect(type(Array("\u{7f}a\r".utf8)).1 == Array("a".utf8))
    }

    @Test func controlUStartsAgain() {
        #expect(type(Array("wrong\u{15}right\n".utf8)).1 == Array("right".utf8))
    }

    @Test func interruptCancels() {
        #expect(type(Array("sec\u{03}".utf8)).0 == .cancelled)
    }

    @Test func endOfFileCancelsAnEmptyLineOnly() {
        #expect(type([0x04]).0 == .cancelled)
        #expect(type([0x61, 0x04]).0 == .done)
    }

    @Test func lineHasALimit() {
        #expect(type(Array("12345".utf8), limit: 4).0 == .tooLong)
        #expect(type(Array("1234\n".utf8), limit: 4).0 == .done)
    }

    @Test func lineLongerThanATerminalLineIsKept() {
        let long = [UInt8](repeating: 0x78, count: 100_000)
        #expect(type(long + [0x0A], limit: 200_000).1 == long)
    }
}
