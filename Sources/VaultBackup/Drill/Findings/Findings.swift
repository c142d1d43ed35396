/// All findings there ever were, and how drills open and close them.
public struct Findings: Equatable, Sendable {
    private static let dayMilliseconds: Int64 = 86_400_000

    /// By the number in their id.
    public private(set) var all: [DrillFinding] = []
    /// Who sees to new ones.
    public var owner = "root"
    /// How long they may stay open, in days.
    public var daysToFix: Int64 = 30

    public init() {}

    public var open: [DrillFinding] { all.filter(\.isOpen) }

    /// Takes in the cases of a drill that ended at `time` (milliseconds since 1970), and returns
    /// what belongs in its report: what is open now, and what it closed.
    ///
    /// A failed case opens a finding unless the same is open. A finding is closed only by the
    /// same case from the same seed. A case of which nothing is known does neither.
    public mutating func take(_ cases: [DrillCase], at time: Int64) -> [DrillFinding] {
        var closed: Set<String> = []
        for index in all.indices where all[index].isOpen && all[index].opened < time {
            let finding = all[index]
            let same = cases.filter { $0.check == finding.check && $0.seed == finding.seed }
            guard !same.isEmpty, same.allSatisfy({ $0.exit == 0 }) else { continue }
            all[index].closed = time
            closed.insert(finding.id)
        }
        for failed in cases where failed.exit != 0 && failed.exit != 23 {
            let isKnown = all.contains {
                $0.isOpen && $0.check == failed.check && $0.seed == failed.seed
            }
            if !isKnown { all.append(finding(failed, at: time)) }
        }
        return all.filter { $0.isOpen || closed.contains($0.id) }
    }

    /// What a report from the ledger says of them, later ones over earlier ones.
    mutating func take(_ reported: [DrillFinding]) {
        for finding in reported {
            if let index = all.firstIndex(where: { $0.id == finding.id }) {
                all[index] = finding
            } else {
                all.append(finding)
            }
        }
    }

    /// Throws `.overdue` while a high finding is open.
    public func check() throws(BackupError) {
        let high = open.filter { $0.severity == .high }
        guard let first = high.first else { return }
        throw .overdue(
            "\(high.count) high findings are open, the first is \(first.id) (\(first.check)); "
                + "fix it, then run: \(first.repro)")
    }

    private func finding(_ failed: DrillCase, at time: Int64) -> DrillFinding {
        let last = all.compactMap { Int($0.id.dropFirst(2)) }.max() ?? 0
        var finding = DrillFinding()
        finding.id = "F-\(last + 1)"
        finding.severity = .of(exit: failed.exit)
        finding.check = failed.check
        finding.seed = failed.seed
        finding.exit = failed.exit
        finding.owner = owner
        finding.opened = time
        finding.due = time + daysToFix * Self.dayMilliseconds
        finding.repro = "vaultctl drill run --seed \(failed.seed)"
        return finding
    }
}
