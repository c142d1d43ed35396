/// How long the last restores took, and how long one of twice the data would.
///
///     totals 4 s, 2 s, 3 s  ->  half within 3 s, 95 % within 4 s
public struct RecoveryStatistics: Equatable, Sendable, JSONMapped {
    /// Drills further back say nothing about today's data.
    public static let samplesMax = 10
    /// What takes as long for little data as for much: see `DrillReport.RecoveryTime.phases`.
    private static let fixedPhases: Set<String> = ["locate", "unwrap", "start", "first_read"]

    /// How many drills these numbers are from.
    public private(set) var samples = 0
    /// Half of them took no longer, milliseconds.
    public private(set) var medianMilliseconds: Int64 = 0
    /// 95 of 100 took no longer, milliseconds: of less than twenty, the longest.
    public private(set) var highMilliseconds: Int64 = 0
    /// The last one, with every phase that grows with the data twice as long.
    public private(set) var doubledMilliseconds: Int64 = 0
    /// The last one's target.
    public private(set) var targetMilliseconds: Int64 = 0

    public init() {}

    /// Of the newest of `reports` (oldest first) that restored the same vault as the last that
    /// restored any. nil when none did. The oldest archives, of other sizes, do not count.
    public init?(_ reports: [DrillReport]) {
        let measured = reports.filter { $0.rto != nil && $0.backup?.selection != "OLDEST" }
        guard let last = measured.last, let rto = last.rto else { return nil }
        let totals = measured.filter { $0.backup?.storeID == last.backup?.storeID }
            .suffix(Self.samplesMax).compactMap(\.rto?.totalMilliseconds).sorted()
        samples = totals.count
        medianMilliseconds = totals[(totals.count + 1) / 2 - 1]
        highMilliseconds = totals[(totals.count * 95 + 99) / 100 - 1]
        let growing = rto.phases.filter { !Self.fixedPhases.contains($0.name) }
            .reduce(0) { $0 + $1.milliseconds }
        doubledMilliseconds = rto.totalMilliseconds + min(growing, rto.totalMilliseconds)
        targetMilliseconds = rto.targetMilliseconds
    }

    /// Whether twice the data could still be restored in time.
    public var isRoomToGrow: Bool {
        targetMilliseconds == 0 || doubledMilliseconds <= targetMilliseconds
    }

    mutating func map(_ fields: inout JSONFields) throws(JSONError) {
        try fields.field("n", &samples)
        try fields.field("p50_ms", &medianMilliseconds)
        try fields.field("p95_ms", &highMilliseconds)
        try fields.field("at_twice_ms", &doubledMilliseconds)
        try fields.field("target_ms", &targetMilliseconds)
    }
}
