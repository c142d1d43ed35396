/// All findings, worst first, for people and for programs.
public struct DoctorReport: Equatable, Sendable {
    public let findings: [Finding]

    /// Findings of the same severity stay in the order in which they were looked for.
    public init(_ findings: [Finding]) {
        self.findings = Severity.allCases.reversed().flatMap { severity in
            findings.filter { $0.severity == severity }
        }
    }

    /// The worst there is.
    public var severity: Severity { findings.first?.severity ?? .ok }

    /// 0 when nothing is at `warning` or above, 1 otherwise.
    public var exitStatus: Int32 { severity >= .warning ? 1 : 0 }

    /// A line a finding, with what to do below it, and a line that counts them.
    ///
    ///     warning   swap          swap is on and not encrypted: /dev/sda2
    ///                             -> set MemorySwapMax=0 in the unit
    public var table: String {
        let severityWidth = Severity.allCases.map(\.rawValue.count).max() ?? 0
        let idWidth = findings.map(\.id.count).max() ?? 0
        var text = ""
        for finding in findings {
            let severity = Self.padded(finding.severity.rawValue, severityWidth)
            let id = Self.padded(finding.id, idWidth)
            text += "\(severity)  \(id)  \(Self.visible(finding.what))\n"
            if !finding.fix.isEmpty {
                let space = String(repeating: " ", count: severityWidth + idWidth + 4)
                text += "\(space)-> \(Self.visible(finding.fix))\n"
            }
        }
        return text + "\n" + summary + "\n"
    }

    /// `{"severity":"warning","findings":[{"id":"swap","severity":"warning","what":..,"fix":..}]}`
    public var json: String {
        let items = findings.map { finding in
            "{\"id\":\(Self.quoted(finding.id)),\"severity\":\"\(finding.severity.rawValue)\","
                + "\"what\":\(Self.quoted(finding.what)),\"fix\":\(Self.quoted(finding.fix))}"
        }
        return "{\"severity\":\"\(severity.rawValue)\",\"findings\":["
            + items.joined(separator: ",") + "]}\n"
    }

    private var summary: String {
        let counts = Severity.allCases.reversed().map { severity in
            "\(findings.count { $0.severity == severity }) \(severity.rawValue)"
        }
        return counts.joined(separator: ", ")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Paths are somebody else's words: what is no plain ASCII character could move a cursor.
    private static func visible(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            result += isPlain(scalar) ? String(scalar) : escape(scalar)
        }
    }

    private static func quoted(_ text: String) -> String {
        let body = text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            default:
                for unit in String(scalar).utf16 where !isPlain(scalar) {
                    let digits = String(unit, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
                if isPlain(scalar) { result.unicodeScalars.append(scalar) }
            }
        }
        return "\"" + body + "\""
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && scalar.value < 0x7f
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        "\\u{" + String(scalar.value, radix: 16) + "}"
    }
}
