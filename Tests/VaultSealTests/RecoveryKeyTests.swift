import Sodium
import Testing
import VaultTestSupport

@testable import VaultSeal

@Suite struct RecoveryKeyTests {
    private func key(_ byte: UInt8) throws -> RecoveryKey {
        var bytes = [UInt8](repeating: byte, count: RecoveryKey.count)
        return try RecoveryKey(wiping: &bytes)
    }

    @Test func thePublicHalfIsReadAsItWasPrinted() throws {
        for _ in 0..<100 {
            let publicKey = try RecoveryKey.random().publicKey
            #expect(publicKey.text.utf8.count == 4 + 14 * 6)
            #expect(try RecoveryPublicKey(text: publicKey.text) == publicKey)
        }
    }

    /// A text that a user has must be read for ever.
    @Test func theTextOfAPublicHalfNeverChanges() throws {
        let text = try key(1).publicKey.text
        #expect(
            text
                == "vdr1-mkg9k-54np9-a7174-hebq3-5hb9s-yqx9k-qc9x5"
                + "-j1nmm-dav8f-s7fsk-vgnm1-82fr3-m84gm-p5yyc")
    }

    @Test func caseBlanksAndLookalikesDoNotMatter() throws {
        let publicKey = try key(2).publicKey
        let typed = publicKey.text.uppercased().replacing("-", with: "  ")
            .replacing("0", with: "o").replacing("1", with: "I")
        #expect(try RecoveryPublicKey(text: typed + "\n") == publicKey)
    }

    @Test func everyWrongCharacterIsNoticed() throws {
        let text = Array(try key(3).publicKey.text.utf8)
        for index in text.indices where text[index] != UInt8(ascii: "-") {
            for symbol in ShareAlphabet.symbols where symbol != text[index] {
                var wrong = text
                wrong[index] = symbol
                #expect(throws: SealError.self) {
                    try RecoveryPublicKey(text: String(decoding: wrong, as: UTF8.self))
                }
            }
        }
    }

    @Test(arguments: ["", "vdr1", "vdr1-", "vds1-00000", "AGE1xyz", "vdr1-\u{fffd}"])
    func whatIsNoPublicHalfIsRefused(_ text: String) {
        #expect(throws: SealError.self) { try RecoveryPublicKey(text: text) }
    }

    @Test func anotherGroupInThePlaceOfOneIsNoticed() throws {
        var groups = try key(4).publicKey.text.split(separator: "-")
        groups.swapAt(3, 7)
        #expect(throws: SealError.self) {
            try RecoveryPublicKey(text: groups.joined(separator: "-"))
        }
    }
}
