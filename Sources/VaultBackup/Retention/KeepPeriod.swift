/// A piece of the calendar, in UTC.
public enum KeepPeriod: CaseIterable, Hashable, Sendable {
    case hour, day, week, month, year

    /// Milliseconds of a day.
    public static let dayMilliseconds: Int64 = 86_400_000

    /// A number that all times (milliseconds since 1970) of one period share and no others have.
    func number(of time: Int64) -> Int64 {
        let day = Self.floor(time, Self.dayMilliseconds)
        switch self {
        case .hour: return Self.floor(time, 3_600_000)
        case .day: return day
        // 1970 began on a Thursday; weeks begin on Monday.
        case .week: return Self.floor(day + 3, 7)
        case .month:
            let date = UTCTime.civil(max(day, 0))
            return Int64(date.year * 12 + date.month)
        case .year: return Int64(UTCTime.civil(max(day, 0)).year)
        }
    }

    private static func floor(_ number: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
