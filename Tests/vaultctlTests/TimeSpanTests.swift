import Testing

@testable import vaultctl

@Suite struct TimeSpanTests {
    @Test func spansAreSecondsWithAUnit() {
        #expect(TimeSpan(argument: "90")?.seconds == 90)
        #expect(TimeSpan(argument: "26h")?.milliseconds == 93_600_000)
        #expect(TimeSpan(argument: "100000y")?.seconds == 3_162_240_000_000)
    }

    /// The longest that was taken once was too long for its milliseconds.
    @Test(arguments: ["", "y", "-1s", "1x", "4000000001", "4000000000y", "4000000000d", "1.5h"])
    func whatIsNoSpanIsRefused(_ text: String) {
        #expect(TimeSpan(argument: text) == nil)
    }
}
