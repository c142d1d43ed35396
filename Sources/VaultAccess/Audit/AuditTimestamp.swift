/// Writes times as "2026-11-25T03:00:00.123456Z" (RFC 3339, UTC). Within one second only the
/// fraction is formatted anew.
struct AuditTimestamp {
    /// Bytes of a time.
    static let count = 27

    private var second = Int64.min
    /// "2026-11-25T03:00:00."
    private var prefix = [UInt8](repeating: 0, count: 20)

    /// Years before 1970 and after 9999 are not told apart from those.
    mutating func write(microseconds: Int64, to line: inout LineBuffer) {
        let bounded = min(max(microseconds, 0), 253_402_300_799_999_999)
        let (now, fraction) = bounded.quotientAndRemainder(dividingBy: 1_000_000)
        if now != second { format(now) }
        prefix.withUnsafeBytes { line.put($0) }
        line.put(decimal: UInt64(fraction), digits: 6)
        line.put("Z")
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
            prefix[position] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        prefix[offset + digits] = UInt8(ascii: separator)
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
