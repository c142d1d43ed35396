import Testing
import VaultAccess

@Suite struct KeySpanTests {
    @Test func aKeyAloneIsNoPrefixAndNoBeginning() throws {
        let span = try #require(KeySpan(key: [1], rangeEnd: []))
        #expect(span.lower == [1])
        #expect(span.upper == [1, 0])
        #expect(span.isSingleKey)
    }

    @Test func oneZeroByteAsTheEndIsNoEnd() throws {
        let span = try #require(KeySpan(key: [1], rangeEnd: [0]))
        #expect(span.upper == nil)
        #expect(!span.isSingleKey)
    }

    @Test func everyKeyHasOneSpan() {
        #expect(KeySpan(key: [0], rangeEnd: [0]) == .all)
        #expect(KeySpan(key: [], rangeEnd: [0]) == .all)
    }

    @Test func nothingIsInsideOutRangesAndEmptyKeys() {
        #expect(KeySpan(key: [2], rangeEnd: [1]) == nil)
        #expect(KeySpan(key: [2], rangeEnd: [2]) == nil)
        #expect(KeySpan(key: [], rangeEnd: []) == nil)
    }

    @Test func aRangeOfOneKeyIsThatKey() throws {
        #expect(try #require(KeySpan(key: [1], rangeEnd: [1, 0])).isSingleKey)
        #expect(try !#require(KeySpan(key: [1], rangeEnd: [1, 0, 0])).isSingleKey)
    }
}
