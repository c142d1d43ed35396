import Testing

@testable import VaultSeal

/// The plaintext of the wrapped keyring.
@Suite("Keyring")
struct KeyringTests {
    private func failure(_ parts: CipherParts) -> SealError? {
        VaultSealTests.failure { () throws(SealError) in _ = try parts.cipher() }
    }

    @Test func `Unknown fields are skipped`() {
        var parts = CipherParts()
        parts.fields = [9, 0, 0, 0, 3, 0, 0, 0, 1, 2, 3] + [8, 0, 0, 0, 0, 0, 0, 0]
        #expect(failure(parts) == nil)
    }

    @Test(
        arguments: [
            [9], [9, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3], [9, 0, 1, 0, 0, 0, 0, 0],
            [9, 0, 0, 0, 255, 255, 255, 255],
        ] as [[UInt8]])
    func `Fields that do not fit are refused`(fields: [UInt8]) {
        var parts = CipherParts()
        parts.fields = fields
        #expect(failure(parts)?.isDamaged == true)
    }

    @Test func `Data keys must be there and rise`() {
        for numbers: [UInt32] in [[], [0], [2, 2], [2, 1]] {
            var parts = CipherParts()
            parts.dataKeys = numbers.map { ($0, 1) }
            #expect(failure(parts)?.isDamaged == true, "\(numbers)")
        }
    }

    @Test func `Timelines must be there, rise and not overlap`() {
        let end = TimelineSpan.unbounded
        let wrong: [[(UInt32, ClosedRange<UInt64>)]] = [
            [], [(0, 0...end)], [(1, 1...end)], [(1, 0...5)],
            [(1, 0...end), (2, 6...end)], [(1, 0...5), (1, 6...end)],
            [(2, 0...5), (1, 6...end)], [(1, 0...5), (2, 5...end)], [(1, 0...5), (2, 6...7)],
            [(1, 0...UInt64.max)],
        ]
        for spans in wrong {
            var parts = CipherParts()
            parts.timelines = spans.map {
                TimelineSpan(
                    timeline: Timeline(number: $0.0, nonce: 1), firstRevision: $0.1.lowerBound,
                    lastRevision: $0.1.upperBound, created: 0)
            }
            #expect(failure(parts)?.isDamaged == true, "\(spans)")
        }
    }

    @Test func `Every truncation is refused`() throws {
        let whole = CipherParts().plaintext
        for count in 0..<whole.count {
            let error = VaultSealTests.failure { () throws(SealError) in
                _ = try Keyring(decoding: try secret(Array(whole.prefix(count))))
            }
            #expect(error?.isDamaged == true, "\(count)")
        }
    }
}
