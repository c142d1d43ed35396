/// What a line of the ledger is about.
public enum LedgerBody: Equatable, Sendable {
    case drill(DrillReport)
    case missed(MissedRun)
    case torn(TornLine)
    case prune(PruneRecord)

    var kind: String {
        switch self {
        case .drill: "drill"
        case .missed: "missed"
        case .torn: "torn"
        case .prune: "prune"
        }
    }

    var json: JSONValue {
        switch self {
        case .drill(let report): report.json
        case .missed(let run): run.json
        case .torn(let line): line.json
        case .prune(let record): record.json
        }
    }

    init(kind: String, json: JSONValue) throws(JSONError) {
        switch kind {
        case "drill": self = .drill(try DrillReport(json: json))
        case "missed": self = .missed(try MissedRun(json: json))
        case "torn": self = .torn(try TornLine(json: json))
        case "prune": self = .prune(try PruneRecord(json: json))
        default: throw JSONError(what: "there is no kind \(kind)")
        }
    }
}
