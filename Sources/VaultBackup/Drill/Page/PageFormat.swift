/// Numbers as people read them.
enum PageFormat {
    /// 740 ms, 2.3 s, 4 min 10 s, 15 min, 3 h 5 min, 6 days
    static func duration(milliseconds: Int64) -> String {
        let seconds = milliseconds / 1000
        switch milliseconds {
        case ..<1000: return "\(milliseconds) ms"
        case ..<60_000: return "\(tenths(milliseconds, of: 1000)) s"
        case ..<3_600_000: return pair(seconds / 60, "min", seconds % 60, "s")
        case ..<(2 * 86_400_000): return pair(seconds / 3600, "h", seconds / 60 % 60, "min")
        default: return "\(seconds / 86_400) days"
        }
    }

    /// "3 days ago", "just now"; "in the future" for what is.
    static func age(of time: Int64, now: Int64) -> String {
        if time > now { return "in the future" }
        let seconds = (now - time) / 1000
        switch seconds {
        case ..<60: return "just now"
        case ..<3600: return counted(seconds / 60, "minute") + " ago"
        case ..<172_800: return counted(seconds / 3600, "hour") + " ago"
        default: return counted(seconds / 86_400, "day") + " ago"
        }
    }

    /// 100.0 MiB
    static func bytes(_ count: Int64) -> String {
        var (unit, units) = (Int64(1), ["B", "KiB", "MiB", "GiB", "TiB"][...])
        while count / unit >= 1024, units.count > 1 {
            unit *= 1024
            units = units.dropFirst()
        }
        return unit == 1 ? "\(count) B" : "\(tenths(count, of: unit)) \(units.first ?? "")"
    }

    /// 1 finding, 2 findings
    static func counted(_ count: Int64, _ word: String) -> String {
        "\(count) \(word)\(count == 1 ? "" : "s")"
    }

    /// 2026-11-25 03:00
    static func minute(_ time: Int64) -> String {
        let text = UTCTime.text(time)
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5))"
    }

    private static func pair(_ one: Int64, _ unit: String, _ two: Int64, _ less: String) -> String {
        two == 0 ? "\(one) \(unit)" : "\(one) \(unit) \(two) \(less)"
    }

    private static func tenths(_ number: Int64, of unit: Int64) -> String {
        "\(number / unit).\(number % unit * 10 / unit)"
    }
}
