/// The report in the making.
struct AuditFindings {
    /// The file that lines are taken from.
    var file = 0
    var report = AuditReport()
    /// Lines of the files that have been read.
    var lineCounts: [Int: Int] = [:]
    /// The number of the last line with a MAC.
    private(set) var lastMAC: UInt64 = 0
    /// A new process, to which the vault was sealed, wrote after that line.
    var hasStartedSinceMAC = false
    /// Where each problem stands, to sort them by.
    private var places: [AuditChainCheck.Place] = []

    init(files: [String], isAuthenticated: Bool) {
        report.files = files
        report.isAuthenticated = isAuthenticated
    }

    mutating func saw(_ sequence: UInt64) {
        report.firstSequence = report.firstSequence ?? sequence
        report.lastSequence = sequence
    }

    mutating func countMAC(_ line: AuditLine) {
        if line.mac == nil {
            report.unauthenticatedTail += 1
        } else {
            report.macCount += 1
            report.unauthenticatedTail = 0
            lastMAC = line.sequence ?? lastMAC
            hasStartedSinceMAC = false
        }
    }

    mutating func noteIncident(_ line: AuditLine, _ place: AuditChainCheck.Place) {
        guard report.incidents.count < AuditLimits.problemsMax,
            let incident = AuditIncident(line, file: report.files[place.file], line: place.line)
        else { return }
        report.incidents.append(incident)
    }

    mutating func add(
        _ kind: AuditProblem.Kind, _ place: AuditChainCheck.Place, _ sequence: UInt64?
    ) {
        add(kind, place, sequence.map { $0...$0 })
    }

    mutating func add(
        _ kind: AuditProblem.Kind, _ place: AuditChainCheck.Place,
        _ sequences: ClosedRange<UInt64>?
    ) {
        if joinsLast(kind, place, sequences) { return }
        report.problemCount += 1
        guard places.count < AuditLimits.problemsMax else { return }
        places.append(place)
        report.problems.append(
            AuditProblem(
                kind: kind, file: report.files[place.file], line: place.line,
                sequences: sequences))
    }

    /// What somebody without the key wrote goes on to the end: one problem.
    private mutating func joinsLast(
        _ kind: AuditProblem.Kind, _ place: AuditChainCheck.Place,
        _ sequences: ClosedRange<UInt64>?
    ) -> Bool {
        guard kind == .wrongMAC || kind == .missingMAC, let last = places.last,
            last.file == place.file, let sequences
        else { return false }
        let index = report.problems.count - 1
        guard report.problems[index].kind == kind,
            last.line + report.problems[index].lineCount == place.line,
            let before = report.problems[index].sequences,
            before.upperBound < sequences.upperBound
        else { return false }
        report.problems[index].lineCount += 1
        report.problems[index].sequences = before.lowerBound...sequences.upperBound
        return true
    }

    /// Whether the file with this index is the one that another names.
    func isNamed(_ name: String, _ index: Int) -> Bool {
        // The current file was not renamed yet when it was copied, or is named by its lines.
        baseName(index) == name || baseName(index) == AuditFileName.current
    }

    func baseName(_ index: Int) -> Substring {
        let path = report.files[index][...]
        return path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path
    }

    /// The report, its problems in the order of the lines.
    func finished() -> AuditReport {
        var report = report
        let order = places.indices.sorted {
            (places[$0].file, places[$0].line, $0) < (places[$1].file, places[$1].line, $1)
        }
        report.problems = order.map { report.problems[$0] }
        return report
    }
}
