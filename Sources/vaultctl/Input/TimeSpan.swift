import ArgumentParser

/// A time span of the command line: `90`, `15m`, `26h`, `8d`, `2w`, `1y`; seconds without a unit.
struct TimeSpan: ExpressibleByArgument, Equatable {
    private static let secondsMax: Int64 = 4_000_000_000_000

    let seconds: Int64

    var milliseconds: Int64 { seconds * 1_000 }

    init(seconds: Int64) { self.seconds = seconds }

    init?(argument: String) {
        let units: [Character: Int64] = [
            "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "y": 31_622_400,
        ]
        let unit = argument.last.flatMap { units[$0] }
        let digits = unit == nil ? argument[...] : argument.dropLast()
        // In milliseconds, and added to the time of day, it is still a number.
        guard let number = Int64(digits), (0...4_000_000_000).contains(number),
            number * (unit ?? 1) <= Self.secondsMax
        else { return nil }
        seconds = number * (unit ?? 1)
    }

    var defaultValueDescription: String {
        for (unit, size) in [("d", Int64(86_400)), ("h", 3_600), ("m", 60)]
        where seconds % size == 0 && seconds > 0 {
            return "\(seconds / size)\(unit)"
        }
        return "\(seconds)s"
    }
}
