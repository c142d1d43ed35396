import Testing

@testable import vaultctl

@Suite struct OutputMaskTests {
    private func mask(_ values: String...) -> OutputMask {
        var mask = OutputMask()
        for value in values { mask.add(Array(value.utf8)) }
        return mask
    }

    /// What is shown of the text when it comes in pieces of so many bytes.
    private func shown(_ text: String, _ mask: OutputMask, pieces: Int = .max) -> String {
        var mask = mask
        var rest = Array(text.utf8)[...]
        var result: [UInt8] = []
        while !rest.isEmpty {
            result += mask.pass(rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
        }
        return String(decoding: result + mask.finish(), as: UTF8.self)
    }

    @Test(arguments: 1...13)
    func aValueIsHiddenHoweverTheOutputIsCut(pieces: Int) {
        let mask = mask("swordfish", "tiger")
        #expect(
            shown("swordfish tigertiger xswordfishx sword", mask, pieces: pieces)
                == "*** ****** x***x sword")
    }

    @Test(arguments: 1...8)
    func aValueThatBeginsAgainInItselfIsFound(pieces: Int) {
        #expect(shown("aaab abab abac", mask("aab", "abac"), pieces: pieces) == "a*** abab ***")
    }

    @Test(arguments: 1...6)
    func ofTwoValuesThatBeginAlikeTheLongerOneIsHiddenWhole(pieces: Int) {
        #expect(shown("12345 1234 123", mask("1234", "12345"), pieces: pieces) == "*** *** 123")
    }

    @Test func whatMayBecomeAValueIsHeldBackAndNothingElse() {
        var mask = mask("swordfish")
        #expect(mask.pass("user: sword".utf8) == Array("user: ".utf8))
        #expect(mask.pass("s".utf8) == Array("sword".utf8))
        #expect(mask.finish() == Array("s".utf8))
    }

    @Test func theNewlineBehindAValueStays() {
        #expect(shown("tiger\nnext\n", mask("tiger\n")) == "***\nnext\n")
    }

    @Test func longLinesOfAValueAreHiddenOneByOneToo() {
        let mask = mask("-- begin\nMIGHAgEA\nend\n")
        #expect(shown("-- begin\nMIGHAgEA\nend\n", mask) == "***\n")
        #expect(shown("1 -- begin\n2 MIGHAgEA\n3 end\n", mask) == "1 ***\n2 ***\n3 end\n")
    }

    @Test func anEmptyValueHidesNothing() {
        #expect(shown("as it is\n", mask("", "\n")) == "as it is\n")
    }

    @Test func valuesNeedNotBeText() {
        var mask = OutputMask()
        mask.add([0xff, 0xfe])
        #expect(mask.pass([1, 0xff, 0xfe, 2, 0xff]) == [1] + OutputMask.replacement + [2])
        #expect(mask.finish() == [0xff])
    }
}
