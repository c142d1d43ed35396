import Testing

@testable import vaultctl

@Suite struct PaceTests {
    @Test func readsRates() throws {
        #expect(ByteRate(argument: "64000")?.bytesPerSecond == 64_000)
        #expect(ByteRate(argument: "500K")?.bytesPerSecond == 500_000)
        #expect(ByteRate(argument: "50M")?.bytesPerSecond == 50_000_000)
        #expect(ByteRate(argument: "1000G")?.bytesPerSecond == 1_000_000_000_000)
    }

    @Test(arguments: [
        "", "K", "0", "-1M", "63K", "1001G", "9223372036854775807G", "99999999999G", "5m",
        "1.5M", "x",
    ])
    func refusesWhatIsNoRate(_ text: String) {
        #expect(ByteRate(argument: text) == nil)
    }

    @Test func keepsToTheRateFromTheFirstByte() throws {
        var pace = Pace(try #require(ByteRate(argument: "1M")))
        // A second for a million bytes, wherever the clock began.
        #expect(pace.delay(after: 500_000, now: 7_000_000_000) == 500_000_000)
        #expect(pace.delay(after: 500_000, now: 7_500_000_000) == 500_000_000)
        // Who comes later than due waits for less.
        #expect(pace.delay(after: 500_000, now: 8_200_000_000) == 300_000_000)
    }

    @Test func doesNotMakeUpForAStandstill() throws {
        var pace = Pace(try #require(ByteRate(argument: "1M")))
        _ = pace.delay(after: 100_000, now: 0)
        #expect(pace.delay(after: 100_000, now: 60_000_000_000) == 0)
        #expect(pace.delay(after: 1_000_000, now: 60_000_000_000) == 1_000_000_000)
    }
}
