import NIOCore

/// The value of `grpc-timeout`: at most eight digits and a unit.
enum CallTimeout {
    /// "100m" -> 100 ms; nil when it is not a timeout.
    static func decode(_ text: UnsafeRawBufferPointer) -> TimeAmount? {
        guard text.count >= 2, text.count <= 9, let unit = text.last else { return nil }
        var number: Int64 = 0
        for byte in text.dropLast() {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        switch unit {
        // Eight digits of hours overflow nanoseconds; 11,000 years are as good as a limit.
        case UInt8(ascii: "H"): return .hours(min(number, 2_000_000))
        case UInt8(ascii: "M"): return .minutes(number)
        case UInt8(ascii: "S"): return .seconds(number)
        case UInt8(ascii: "m"): return .milliseconds(number)
        case UInt8(ascii: "u"): return .microseconds(number)
        case UInt8(ascii: "n"): return .nanoseconds(number)
        default: return nil
        }
    }

    /// The finest unit in which `timeout` has at most eight digits, rounded up so that the server
    /// does not give up before the caller does.
    static func encode(_ timeout: Duration) -> String {
        let units: [(Int64, String)] = [
            (1, "n"), (1_000, "u"), (1_000_000, "m"), (1_000_000_000, "S"),
            (60_000_000_000, "M"), (3_600_000_000_000, "H"),
        ]
        let nanoseconds = TimeAmount(timeout).nanoseconds
        for (size, name) in units {
            let number = nanoseconds <= 0 ? 0 : (nanoseconds - 1) / size + 1
            if number <= 99_999_999 {
                return "\(number)\(name)"
            }
        }
        return "99999999H"
    }
}
