/// Milliseconds since 1970 as "2026-11-25T03:00:00.123Z" (RFC 3339, UTC) and back.
enum UTCTime {
    private static let dayMilliseconds: Int64 = 86_400_000
    private static let last: Int64 = 253_402_300_799_999
    private static let textCount = 24

    /// Years before 1970 and after 9999 are not told apart from those.
    static func text(_ milliseconds: Int64) -> String {
        let bounded = min(max(milliseconds, 0), last)
        let (days, rest) = bounded.quotientAndRemainder(dividingBy: dayMilliseconds)
        let date = civil(days)
        let time = Int(rest)
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T"
            + "\(padded(time / 3_600_000, 2)):\(padded(time / 60_000 % 60, 2)):"
            + "\(padded(time / 1000 % 60, 2)).\(padded(time % 1000, 3))Z"
    }

    /// "2026-11-25".
    static func day(_ milliseconds: Int64) -> String { String(text(milliseconds).prefix(10)) }

    /// Nil for anything that `text` does not write.
    static func milliseconds(_ text: String) -> Int64? {
        // So no number in it is long enough to overflow below.
        guard text.utf8.count == textCount else { return nil }
        let numbers = text.split { "-:.TZ".contains($0) }.compactMap { Int64($0) }
        guard numbers.count == 7 else { return nil }
        let seconds = numbers[3] * 3600 + numbers[4] * 60 + numbers[5]
        let (year, month, day) = (numbers[0], numbers[1], numbers[2])
        guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
            return nil
        }
        let result = days(year, month, day) * dayMilliseconds + seconds * 1000 + numbers[6]
        return self.text(result) == text ? result : nil
    }

    /// The Gregorian date, from days since 1970: Howard Hinnant, "chrono-Compatible Low-Level
    /// Date Algorithms", civil_from_days.
    static func civil(_ days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = Int(days) + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// The way back: days_from_civil.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
