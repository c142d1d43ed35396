/// A walk over every sealed row, which decides what is sealed again and when.
///
/// The first pass seals again what is under an older data key than `target`. The second only looks
/// whether anything still is: it ends the sweep, or begins it once more. From the moment that
/// `target` seals nothing is written under an older key, so what a pass has left behind stays
/// right. Only another file in the place of the store's can bring an older record back: `restart`.
///
///     rewrap:  state, log ----->, lease -->   check:  state, log ----->, lease -->   finished
struct RewrapSweep: Sendable {
    /// The tables with sealed rows, in the order that they are walked.
    enum Part: Int, CaseIterable, Sendable {
        case state, log, leases
    }

    /// What one slice of a walk met.
    struct Slice: Equatable, Sendable {
        /// Rows that were looked at.
        var visited = 0
        /// Rows that were sealed again.
        var resealed = 0
        /// Rows under an older key that were left as they are.
        var older = 0
        var bytes = 0
        /// Where the next slice begins; nil at the end of the table.
        var resume: Bytes?
    }

    /// Which walk this is, so that one that was stopped meanwhile does not come back.
    let id: UInt64
    /// The data key that everything is under in the end.
    let target: UInt32
    /// Records that are sealed again in a second, at most.
    var recordsPerSecond: Int
    private(set) var isChecking = false
    private(set) var part = Part.state
    private(set) var start = Self.first
    /// Rows that the first pass has behind it.
    private(set) var done = 0
    private(set) var isFinished = false
    /// Before this moment, in nanoseconds of the monotonic clock, nothing is done.
    private(set) var resumesAt: Int64 = 0
    private var hasFoundOlder = false

    /// Before every key of a table: LMDB has no empty ones.
    private static let first: Bytes = [0]

    init(id: UInt64, target: UInt32, recordsPerSecond: Int) {
        self.id = id
        self.target = target
        self.recordsPerSecond = max(recordsPerSecond, 1)
    }

    /// Nothing that was seen is worth anything any more.
    mutating func restart() {
        isChecking = false
        part = .state
        start = Self.first
        done = 0
        hasFoundOlder = false
    }

    /// Takes in what a slice found. `now` is nanoseconds of the monotonic clock.
    ///
    /// - Parameter isCopying: somebody may put a file that has older records in the place of the
    ///   store's: the sweep does not end before that is decided.
    mutating func note(_ slice: Slice, now: Int64, isCopying: Bool) {
        if isChecking {
            hasFoundOlder = hasFoundOlder || slice.older > 0
        } else {
            done += slice.visited
            let pause = Int64(slice.resealed).multipliedReportingOverflow(by: 1_000_000_000)
            resumesAt = now + (pause.overflow ? 0 : pause.partialValue / Int64(recordsPerSecond))
        }
        if let resume = slice.resume {
            start = resume
        } else if let next = Part(rawValue: part.rawValue + 1) {
            part = next
            start = Self.first
        } else if !isChecking {
            isChecking = true
            part = .state
            start = Self.first
        } else if hasFoundOlder {
            restart()
        } else if isCopying {
            // Once more, from the last table on, when there may be less in the way.
            start = Self.first
            resumesAt = now + Limits.rewrapRetryPause.nanoseconds
        } else {
            isFinished = true
        }
    }

    /// The file could not take it, or not now.
    mutating func postpone(now: Int64) {
        resumesAt = now + Limits.rewrapRetryPause.nanoseconds
    }
}
