/// What one drill did and found: the fields of schema "vault.drill/1", which the ledger signs.
///
/// No names and no values of secrets; hashes of the state are keyed. Parts that the drill did not
/// come to are nil, and null in the document.
public struct DrillReport: Equatable, Sendable, JSONMapped {
    /// The name and version of the document.
    public static let schema = "vault.drill/1"

    public var id = ""
    public var level = DrillLevel.restore
    /// What every random choice came from; below 2^53.
    public var seed: Int64 = 0
    /// Milliseconds since 1970.
    public var started: Int64 = 0
    public var ended: Int64 = 0
    public var host = ""
    /// The version of the programs that ran.
    public var binary = ""
    /// "timer", "manual" or "missed-run".
    public var trigger = "manual"
    /// The next drill of this level is expected after so long; nil when nobody said so.
    public var everySeconds: Int64?
    public var backup: Backup?
    public var live: Live?
    public var rpo: RecoveryPoint?
    public var rto: RecoveryTime?
    /// Restore times of this drill and those before it.
    public var history: RecoveryStatistics?
    public var counts: Counts?
    public var stateHash: StateHashes?
    public var keys: Keys?
    /// Who was there, when people proved the offline key.
    public var ceremony: Ceremony?
    public var policy: Policy?
    public var audit: Audit?
    /// Records that were deleted before the backup and were there after the restore; nil when
    /// nobody looked.
    public var resurrected: Resurrection?
    public var negative = Negative()
    public var faults: [Fault] = []
    /// Whether the scratch directory is gone, and that was looked at.
    public var stagingRemoved = false
    /// Every step and control by itself.
    public var cases: [DrillCase] = []
    /// Findings that are open, and those that this drill closed.
    public var findings: [DrillFinding] = []
    /// A sentence for everything that was not as it should be.
    public var reasons: [String] = []
    /// "pass", "fail", "blind" or "inconclusive".
    public var verdict = "inconclusive"
    public var exit: Int32 = 23

    public init() {}

    /// Takes over what the verdict says, and the cases that it was made from.
    public mutating func conclude(
        _ verdict: DrillVerdict, steps: [StepOutcome], controls: [ControlOutcome]
    ) {
        cases = steps.map { DrillCase($0.check, seed: $0.seed, exit: $0.exitCode) }
        cases += controls.map { DrillCase($0.control, seed: $0.seed, exit: $0.exitCode) }
        negative.run = verdict.controlsRun
        negative.detected = verdict.controlsDetected
        negative.missed = verdict.missed
        reasons = verdict.reasons
        self.verdict = verdict.word
        exit = verdict.exitCode
    }

    /// The document, on one line. The ledger's line has its own fields around the same.
    public var text: String { json.text }

    mutating func map(_ fields: inout JSONFields) throws(JSONError) {
        try fields.field("drill_id", &id)
        try mapLevel(&fields)
        try fields.field("seed", &seed)
        try fields.time("started", &started)
        try fields.time("ended", &ended)
        try fields.field("host", &host)
        try fields.field("binary", &binary)
        try fields.field("trigger", &trigger)
        try fields.field("every_s", &everySeconds)
        try fields.object("backup", &backup)
        try fields.object("live", &live)
        try fields.object("rpo", &rpo)
        try fields.object("rto", &rto)
        try fields.object("rto_history", &history)
        try fields.object("counts", &counts)
        try fields.object("state_hash", &stateHash)
        try fields.object("keys", &keys)
        try fields.object("ceremony", &ceremony)
        try fields.object("policy", &policy)
        try fields.object("audit", &audit)
        try fields.object("resurrection", &resurrected)
        var negative: Negative? = negative
        try fields.object("negative", &negative)
        self.negative = negative ?? Negative()
        try fields.list("faults", &faults)
        try fields.field("staging_removed", &stagingRemoved)
        try fields.list("cases", &cases)
        try fields.list("findings", &findings)
        try fields.field("reasons", &reasons)
        try fields.field("verdict", &verdict)
        try fields.field("exit", &exit)
    }

    private mutating func mapLevel(_ fields: inout JSONFields) throws(JSONError) {
        var name = level.rawValue
        try fields.field("level", &name)
        guard let known = DrillLevel(rawValue: name) else {
            throw JSONError(what: "there is no level \(name)")
        }
        level = known
    }
}
