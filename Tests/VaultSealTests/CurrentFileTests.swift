import Testing

@testable import VaultSeal

@Suite("CURRENT")
struct CurrentFileTests {
    static let text = "vaultd 1\nstore 000102030405060708090a0b0c0d0e0f\ntimeline 1\n"

    @Test func `What is written is read`() throws {
        let directory = ScratchDirectory()
        #expect(try CurrentFile.read(in: directory.path) == nil)
        let current = CurrentFile(storeID: StoreID(bytes: Array(0..<16)), timelineNumber: 1)
        #expect(current.text == Self.text)
        try current.write(in: directory.path)
        #expect(try CurrentFile.read(in: directory.path) == current)
        #expect(directory.mode("CURRENT") == 0o600)
        let next = CurrentFile(storeID: current.storeID, timelineNumber: .max)
        try next.write(in: directory.path)
        #expect(try CurrentFile.read(in: directory.path) == next)
        #expect(directory.names == ["CURRENT"])
    }

    @Test(arguments: [
        "", "\n", "vaultd", "vaultd 1", "vaultd 1\n", "vaultd 01\n", "vaultd +1\n", "vaultd x\n",
        String(text.dropLast()), text + "\n", text + "x", " " + text,
        text.replacing("timeline 1", with: "timeline 0"),
        text.replacing("timeline 1", with: "timeline 01"),
        text.replacing("timeline 1", with: "timeline -1"),
        text.replacing("timeline 1", with: "timeline 4294967296"),
        text.replacing("timeline 1", with: "timeline 1 "),
        text.replacing("0a0b", with: "0A0B"), text.replacing("0a0b", with: "0a0"),
        text.replacing("0a0b", with: "0a0b00"), text.replacing("\n", with: "\r\n"),
    ])
    func `Anything else is damage`(text: String) {
        let error = failure { () throws(SealError) in _ = try CurrentFile(text: text) }
        #expect(error?.isDamaged == true, "\(String(describing: error))")
    }

    @Test func `A later format is told from damage`() {
        #expect(throws: SealError.unsupportedFormat(version: 2)) {
            try CurrentFile(text: "vaultd 2\nwhatever")
        }
    }

    @Test func `Bytes that are not text, and too many of them, are damage`() throws {
        let directory = ScratchDirectory()
        for bytes in [[0xff, 0xfe], Array(Self.text.utf8) + [UInt8](repeating: 10, count: 300)] {
            directory.write(bytes, to: "CURRENT")
            let error = failure { () throws(SealError) in
                _ = try CurrentFile.read(in: directory.path)
            }
            #expect(error?.isDamaged == true)
        }
    }
}
