/// Writes the Prometheus text format, version 0.0.4.
public struct MetricsText: Sendable {
    public enum Kind: String, Sendable {
        case gauge, counter
    }

    /// What a client is told that this is.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    public private(set) var text = ""

    public init() {}

    /// One metric with its samples; nothing when there are none, so that its absence is noticed.
    public mutating func family(
        _ name: String, _ help: String, kind: Kind = .gauge,
        _ samples: [(labels: String, value: String)]
    ) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples { text += "\(name)\(sample.labels) \(sample.value)\n" }
    }

    /// A metric with one sample, or none.
    public mutating func number(
        _ name: String, _ help: String, kind: Kind = .gauge, _ value: (some BinaryInteger)?
    ) {
        family(name, help, kind: kind, value.map { [("", String($0))] } ?? [])
    }

    public mutating func flag(_ name: String, _ help: String, _ value: Bool) {
        number(name, help, value ? 1 : 0)
    }

    /// A metric in seconds with one sample, or none.
    public mutating func time(_ name: String, _ help: String, milliseconds: Int64?) {
        family(name, help, milliseconds.map { [("", Self.seconds($0))] } ?? [])
    }

    /// 1500 ms -> 1.500
    public static func seconds(_ milliseconds: Int64) -> String {
        let (whole, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
        let digits = String(rest)
        let sign = milliseconds < 0 ? "-" : ""
        return "\(sign)\(whole)." + String(repeating: "0", count: 3 - digits.count) + digits
    }

    /// `{level="D1",host="a"}`
    public static func labels(_ labels: (name: String, value: String)...) -> String {
        let written = labels.map { "\($0.name)=\"\(escaped($0.value))\"" }
        return "{" + written.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
