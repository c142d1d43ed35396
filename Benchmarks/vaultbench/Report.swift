import VaultTestSupport

/// The rows of a run, and where it ran.
struct Report {
    private(set) var rows: [Row] = []
    private let machine: [(String, String)]

    init() throws {
        machine = try Report.describeMachine()
    }

    mutating func add(
        _ name: String, _ unit: String, vaultd: Double, etcd: Double?, target: String = ""
    ) {
        let row = Row(name: name, unit: unit, vaultd: vaultd, etcd: etcd, target: target)
        rows.append(row)
        Output.line(Report.line(row))
    }

    static let header = line("", "", "vaultd", "etcd", "ratio", "wanted")

    private static func line(_ row: Row) -> String {
        line(
            row.name, row.unit, rounded(row.vaultd), row.etcd.map(rounded) ?? "-",
            row.ratio.map(rounded) ?? "-", row.target)
    }

    private static func line(
        _ name: String, _ unit: String, _ vaultd: String, _ etcd: String, _ ratio: String,
        _ target: String
    ) -> String {
        func left(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        return left(name, 44) + left(unit, 7) + right(vaultd, 11) + right(etcd, 11)
            + right(ratio, 9) + "  " + target
    }

    /// Three significant digits, or whole above a thousand.
    static func rounded(_ number: Double) -> String {
        if number >= 100 { return String(Int(number.rounded())) }
        let scale = number >= 10 ? 10.0 : 1000.0
        let whole = Int((number * scale).rounded())
        let fraction = String(whole % Int(scale))
        let zeros = String(repeating: "0", count: (scale == 10 ? 1 : 3) - fraction.count)
        return "\(whole / Int(scale)).\(zeros)\(fraction)"
    }

    /// Where the numbers come from.
    var setting: String {
        machine.map { "\($0.0): \($0.1)" }.joined(separator: "\n")
    }

    /// The same as one JSON document.
    var json: String {
        func quoted(_ text: String) -> String {
            let escaped = text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
            return "\"" + String(escaped) + "\""
        }
        let facts = machine.map { "\(quoted($0.0)): \(quoted($0.1))" }
        let lines = rows.map { row in
            "  {\"name\": \(quoted(row.name)), \"unit\": \(quoted(row.unit)), \"vaultd\": "
                + "\(row.vaultd), \"etcd\": \(row.etcd.map { "\($0)" } ?? "null"), "
                + "\"wanted\": \(quoted(row.target))}"
        }
        return "{\"setting\": {\(facts.joined(separator: ", "))},\n\"rows\": [\n"
            + lines.joined(separator: ",\n") + "\n]}\n"
    }

    private static func describeMachine() throws -> [(String, String)] {
        func first(_ program: String, _ arguments: [String]) throws -> String {
            let text = try Program.run(program, arguments).outputText
            return String(text.split(separator: "\n").first ?? "")
        }
        let processor = try Files.text("/proc/cpuinfo").split(separator: "\n").first {
            $0.hasPrefix("model name")
        }
        return [
            ("processor", String(processor?.split(separator: ":").last?.dropFirst() ?? "")),
            ("cores", try first("nproc", [])),
            ("kernel", try first("uname", ["-sr"])),
            ("file system of /tmp", try first("stat", ["-f", "-c", "%T", "/tmp"])),
            ("etcd", try first("etcd", ["--version"])),
            ("vaultd", try first(try BuiltPrograms.path("vaultd"), ["--version"])),
            ("date", try first("date", ["-u", "+%Y-%m-%dT%H:%MZ"])),
        ]
    }
}
