import Testing

@testable import VaultSeal

@Suite("Timelines")
struct TimelineTests {
    private static func span(
        _ number: UInt32, _ nonce: UInt64, _ revisions: ClosedRange<UInt64>
    ) -> TimelineSpan {
        TimelineSpan(
            timeline: Timeline(number: number, nonce: nonce), firstRevision: revisions.lowerBound,
            lastRevision: revisions.upperBound, created: 0)
    }

    private func parts(_ spans: TimelineSpan...) -> CipherParts {
        var parts = CipherParts()
        parts.timelines = spans
        return parts
    }

    static let end = TimelineSpan.unbounded

    @Test func `After a restore old records open up to the restore point and no further`() throws {
        let before = try parts(Self.span(1, 11, 0...Self.end)).cipher()
        let after = try parts(
            Self.span(1, 11, 0...100), Self.span(2, 22, 1_000_000...Self.end)
        ).cipher()
        let kept = RecordPlace.log(main: 100, sub: 0)
        let lost = RecordPlace.log(main: 101, sub: 0)
        #expect(try after.open(try before.seal([1], at: kept), at: kept) == [1])
        #expect(throws: SealError.self) {
            try after.open(try before.seal([1], at: lost), at: lost)
        }
        let new = RecordPlace.log(main: 1_000_000, sub: 0)
        #expect(try after.open(try after.seal([2], at: new), at: new) == [2])
    }

    @Test func `A state root and tables of an ended timeline are refused`() throws {
        let before = try parts(Self.span(1, 11, 0...Self.end)).cipher()
        let after = try parts(Self.span(1, 11, 0...100), Self.span(2, 22, 200...Self.end)).cipher()
        for place in [RecordPlace.state, .table(id: 1, key: 5)] {
            let record = try before.seal([1], at: place)
            #expect(throws: SealError.damaged(what: "record: of a timeline that has ended")) {
                try after.open(record, at: place)
            }
        }
    }

    @Test func `Two restores of one backup do not open each other's records`() throws {
        let place = RecordPlace.log(main: 300, sub: 0)
        let one = try parts(Self.span(1, 11, 0...100), Self.span(2, 22, 200...Self.end)).cipher()
        let two = try parts(Self.span(1, 11, 0...100), Self.span(2, 23, 200...Self.end)).cipher()
        let record = try one.seal([1], at: place)
        #expect(throws: SealError.damaged(what: "record: it was changed or belongs elsewhere")) {
            try two.open(record, at: place)
        }
    }

    @Test func `A timeline that the keyring lacks is refused`() throws {
        let place = RecordPlace.log(main: 300, sub: 0)
        let newer = try parts(Self.span(1, 11, 0...100), Self.span(2, 22, 200...Self.end)).cipher()
        let record = try newer.seal([1], at: place)
        let older = try parts(Self.span(1, 11, 0...Self.end)).cipher()
        #expect(
            throws: SealError.damaged(what: "record: of a timeline that the vault never had")
        ) { try older.open(record, at: place) }
    }
}
