import Testing

@testable import VaultServer

@Suite struct TarHeaderTests {
    private func text(_ block: [UInt8], _ field: Range<Int>) -> String {
        String(decoding: block[field].prefix { $0 != 0 }, as: UTF8.self)
    }

    @Test func fieldsStandWhereUstarHasThem() {
        let block = TarHeader.block(name: "data.mdb", byteCount: 4096, modified: 1_700_000_000)
        #expect(block.count == 512)
        #expect(text(block, 0..<100) == "data.mdb")
        #expect(text(block, 100..<108) == "0000600")
        #expect(text(block, 124..<136) == "00000010000")
        #expect(text(block, 136..<148) == "14524770400")
        #expect(block[257..<265].elementsEqual("ustar\u{0}00".utf8))
        let sum = block.enumerated().reduce(0) { sum, byte in
            sum + ((148..<156).contains(byte.offset) ? 32 : Int(byte.element))
        }
        #expect(Int(text(block, 148..<155), radix: 8) == sum)
    }

    @Test func sizesBeyondTwelveOctalDigitsAreBinary() {
        let largest = TarHeader.block(name: "a", byteCount: (1 << 33) - 1, modified: 0)
        #expect(text(largest, 124..<136) == "77777777777")
        let larger = TarHeader.block(name: "a", byteCount: 1 << 33, modified: 0)
        #expect(Array(larger[124..<136]) == [0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0])
    }

    @Test func filesEndOnABlock() {
        #expect(TarHeader.padding(after: 0) == 0)
        #expect(TarHeader.padding(after: 1) == 511)
        #expect(TarHeader.padding(after: 512) == 0)
        #expect(TarHeader.padding(after: 513) == 511)
    }
}
