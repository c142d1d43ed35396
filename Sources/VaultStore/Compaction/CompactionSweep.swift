/// The physical part of a compaction: walks the index in small steps and names the versions that
/// nobody may read any more. Writes go on between the steps.
///
/// The index forgets them with the commit that removes their records. A commit that fails has
/// changed nothing: the same step, as the index is by then, is the next one.
struct CompactionSweep {
    /// What one commit removes.
    struct Step {
        fileprivate(set) var forgotten: [ForgottenVersions] = []
        /// The key that the next one begins with.
        fileprivate var resume: Bytes?

        var isLast: Bool { resume == nil }
    }

    let floor: Revision
    /// What stays although nobody may read it at its revision.
    private let retention: Retention
    private(set) var isFinished = false
    /// Before this moment, in nanoseconds of the monotonic clock, nothing is done.
    private(set) var resumesAt: Int64 = 0
    private var cursor: Bytes = [0]
    /// Entries that a step visits, and versions that it removes.
    private var countMax = Limits.sweepEntriesMax
    private var waiting: [(Result<Void, StoreError>) -> Void] = []

    init(floor: Revision, retention: Retention) {
        self.floor = floor
        self.retention = retention
    }

    /// Takes over who waits for an older sweep that this one replaces.
    mutating func inherit(_ older: CompactionSweep?) {
        waiting += older?.waiting ?? []
    }

    /// `body` runs when everything below the floor is gone, or with what is in the way.
    mutating func whenDone(_ body: @escaping (Result<Void, StoreError>) -> Void) {
        waiting.append(body)
    }

    /// The versions that go next.
    func nextStep(in index: SharedIndex) -> Step {
        let floor = floor.rawValue
        var step = Step()
        var left = countMax
        index.writerView { tree in
            cursor.withUnsafeBytes { start in
                _ = tree.visit(from: start) { entry in
                    guard left > 0 else {
                        step.resume = Bytes(entry.key)
                        return false
                    }
                    let all = entry.firstKept(before: floor, retention.bounds(of: entry.key))
                    let count = min(all, left)
                    if count > 0 {
                        step.forgotten.append(ForgottenVersions(entry: entry, count: count))
                    }
                    left -= max(count, 1)
                    if count < all { step.resume = Bytes(entry.key) }
                    return count == all
                }
            }
        }
        return step
    }

    /// The step is durable.
    mutating func note(_ step: Step) {
        countMax = min(2 * countMax, Limits.sweepEntriesMax)
        if let resume = step.resume {
            cursor = resume
        } else {
            isFinished = true
            tell(.success(()))
        }
    }

    /// The disk has no room for a step. Fewer records need less; when there is none for one, who
    /// waits is told: that may last. `now` is nanoseconds of the monotonic clock.
    mutating func noteFullDisk(now: Int64) {
        guard countMax == 1 else {
            countMax = max(countMax / 8, 1)
            return
        }
        resumesAt = now + Limits.sweepRetryPause.nanoseconds
        tell(.failure(.diskFull))
    }

    /// Nothing more is removed before the store is opened again.
    mutating func abandon(_ error: StoreError) { tell(.failure(error)) }

    private mutating func tell(_ end: Result<Void, StoreError>) {
        for body in waiting { body(end) }
        waiting = []
    }
}
