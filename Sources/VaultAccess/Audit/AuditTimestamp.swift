/// Writes times as "2026-11-25T03:00:00.123456Z" (RFC 3339, UTC). Within one second only the
/// fraction is formatted anew, and within a batch, whose lines have one time, nothing.
struct AuditTimestamp {
    /// Bytes of a time.
    static let count = 27

    private var second = Int64.min
    private var microseconds = Int64.min
    private var text = [UInt8](repeating: UInt8(ascii: "Z"), count: count)

    /// Years before 1970 and after 9999 are not told apart from those.
    mutating func write(microseconds: Int64, to line: inout LineBuffer) {
        if microseconds != self.microseconds {
            self.microseconds = microseconds
            let bounded = min(max(microseconds, 0), 253_402_300_799_999_999)
            let (now, fraction) = bounded.quotientAndRemainder(dividingBy: 1_000_000)
            if now != second { format(now) }
            set(Int(fraction), at: 20, digits: 6, then: "Z")
        }
        text.withUnsafeBytes { line.put($0) }
    }

    private mutating func format(_ now: Int64) {
        second = now
        let (days, time) = now.quotientAndRemainder(dividingBy: 86_400)
        let date = Self.civil(days)
        set(date.year, at: 0, digits: 4, then: "-")
        set(date.month, at: 5, digits: 2, then: "-")
        set(date.day, at: 8, digits: 2, then: "T")
        set(Int(time / 3600), at: 11, digits: 2, then: ":")
        set(Int(time / 60 % 60), at: 14, digits: 2, then: ":")
        set(Int(time % 60), at: 17, digits: 2, then: ".")
    }

    private mutating func set(
        _ number: Int, at offset: Int, digits: Int, then separator: Unicode.Scalar
    ) {
        var rest = number
        for position in stride(from: offset + digits - 1, through: offset, by: -1) {
            text[position] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        text[offset + digits] = UInt8(ascii: separator)
    }

    /// The Gregorian date, from days since 1970: Howard Hinnant, "chrono-Compatible Low-Level
    /// Date Algorithms", civil_from_days.
    private static func civil(_ days: Int64) -> (year: Int, month: Int, day: Int) {
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
}
