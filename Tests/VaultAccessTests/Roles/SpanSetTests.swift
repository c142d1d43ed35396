import Testing
import VaultTestSupport

@testable import VaultAccess

@Suite struct SpanSetTests {
    private func span(_ key: String, _ rangeEnd: String = "") throws -> KeySpan {
        try #require(KeySpan(key: bytes(key), rangeEnd: bytes(rangeEnd)))
    }

    private func set(_ set: SpanSet, contains key: String) -> Bool {
        bytes(key).withUnsafeBytes { set.contains($0) }
    }

    @Test func nothingContainsNothing() throws {
        let empty = SpanSet([])
        #expect(empty.isEmpty)
        #expect(!empty.contains(.all))
        #expect(!set(empty, contains: "a"))
        #expect(try !empty.contains(span("a")))
    }

    @Test func spansThatTouchAreOneAndSpansApartAreNot() throws {
        let touching = SpanSet([try span("c", "e"), try span("a", "c")])
        #expect(try touching.contains(span("a", "e")))
        let apart = SpanSet([try span("c", "e"), try span("a", "b")])
        #expect(try !apart.contains(span("a", "e")))
        #expect(set(apart, contains: "a"))
        #expect(!set(apart, contains: "b"))
        #expect(set(apart, contains: "c"))
        #expect(!set(apart, contains: "e"))
    }

    @Test func aSpanInsideAnotherChangesNothing() throws {
        let spans = SpanSet([try span("a", "z"), try span("b", "c"), try span("a", "c")])
        #expect(try spans.contains(span("a", "z")))
        #expect(try !spans.contains(span("a", "z\0")))
    }

    @Test func aKeyTouchesTheNextPossibleKeyOnly() throws {
        let spans = SpanSet([try span("a"), try span("a\0")])
        #expect(try spans.contains(span("a", "a\0\0")))
        #expect(try !SpanSet([span("a"), span("b")]).contains(span("a", "b")))
    }

    @Test func withoutAnEndEverythingAfterIsInside() throws {
        let spans = SpanSet([try span("m", "\0"), try span("p", "q"), try span("a", "b")])
        #expect(try spans.contains(span("m", "\0")))
        #expect(try spans.contains(span("x", "y")))
        #expect(set(spans, contains: "\u{7f}zzz"))
        #expect(!set(spans, contains: "l"))
        #expect(try !spans.contains(span("a", "\0")))
        #expect(try SpanSet([span("a", "m"), span("m", "\0")]).contains(span("a", "\0")))
        #expect(try SpanSet([span("m", "n"), span("n", "\0"), span("a", "m")]).contains(span("b")))
    }

    /// No key is empty, so the least key is one zero byte, and from there on is everything.
    @Test func everythingMayBeSaidInTwoParts() throws {
        let spans = SpanSet([try span("\0", "b"), try span("b", "\0")])
        #expect(spans.contains(.all))
        #expect(SpanSet([.all]).contains(.all))
        #expect(try !SpanSet([span("\0", "b")]).contains(.all))
    }

    @Test func theFirstGapIsWhereCoverageEnds() throws {
        let spans = SpanSet([try span("b", "d"), try span("f", "h")])
        func gap(_ key: String, _ end: String) throws -> [[UInt8]?] {
            try spans.firstGap(in: span(key, end)).map { [$0.lower, $0.upper] } ?? []
        }
        #expect(try gap("b", "d") == [])
        #expect(try gap("b", "g") == [bytes("d"), bytes("f")])
        #expect(try gap("a", "g") == [bytes("a"), bytes("b")])
        #expect(try gap("c", "e") == [bytes("d"), bytes("e")])
        #expect(try gap("g", "\0") == [bytes("h"), nil])
        #expect(try gap("x", "y") == [bytes("x"), bytes("y")])
    }

    @Test(arguments: TestSeed.seeds(20, for: "gaps"))
    func thereIsAGapExactlyWhenTheSpanIsNotContained(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<100 {
            let spans = SpanSet(
                (0..<6).map { _ in RightsModelTests.span(AccessModel.Range.random(&random)) })
            let span = RightsModelTests.span(AccessModel.Range.random(&random))
            let gap = spans.firstGap(in: span)
            #expect((gap == nil) == spans.contains(span), "seed \(seed)")
            guard let gap else { continue }
            #expect(!gap.lower.withUnsafeBytes { spans.contains($0) }, "seed \(seed)")
        }
    }

    /// The first of the keys that does not come before `key`.
    private static func first(of keys: [[UInt8]], notBefore key: [UInt8]) -> [UInt8]? {
        keys.first { !$0.lexicographicallyPrecedes(key) }
    }

    @Test(arguments: TestSeed.seeds(20, for: "all keys"))
    func allKeysAreContainedExactlyWhenEachIs(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let spans = SpanSet(
                (0..<6).map { _ in RightsModelTests.span(AccessModel.Range.random(&random)) })
            let keys = (0..<random.pick(0...4))
                .map { _ in AccessModel.Range.random(&random).key }
                .sorted { $0.lexicographicallyPrecedes($1) }
            let areContained = spans.containsAll(from: keys.first) {
                Self.first(of: keys, notBefore: $0)
            }
            let isEachContained = keys.allSatisfy { key in
                key.withUnsafeBytes { spans.contains($0) }
            }
            #expect(areContained == isEachContained, "seed \(seed): \(keys)")
        }
    }

    /// Ten thousand keys on a lease are asked about with every put onto it.
    @Test func manyKeysInAFewSpansTakeAFewSteps() throws {
        let keys = (10_000..<20_000).map { bytes("a/\($0)") }
        func steps(_ spans: [KeySpan], _ expected: Bool) -> Int {
            var steps = 0
            let areContained = SpanSet(spans).containsAll(from: keys.first) { key in
                steps += 1
                // Enough to be wrong.
                if steps == 10 { return nil }
                return Self.first(of: keys, notBefore: key)
            }
            #expect(areContained == expected)
            return steps
        }
        #expect(try steps([span("a/", "a0")], true) == 1)
        #expect(try steps([span("a/1", "a/15"), span("a/15000", "b"), span("c")], true) == 2)
        #expect(try steps([span("a/1", "a/12"), span("a/12000", "a/2")], true) == 2)
        #expect(try steps([span("a/1", "a/19998\0"), span("a/19999")], true) == 2)
        #expect(try steps([span("a/1", "a/15"), span("a/15001", "b")], false) == 1)
        #expect(try steps([span("b", "c")], false) == 0)
    }
}
