/// Lengths of time as people write them: "45s", "30m", "12h", "90d".
enum DurationText {
    static let allowed = "a whole number and s, m, h or d, such as 30m"
    /// About a hundred years.
    private static let millisecondsMax: Int64 = 100 * 365 * 86_400_000

    /// Milliseconds; nil for what is not a length of time, or is none.
    static func milliseconds(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            count > 0
        else { return nil }
        let (product, isTooMuch) = count.multipliedReportingOverflow(by: unit)
        return isTooMuch || product > millisecondsMax ? nil : product
    }
}
