/// The physical part of a compaction: walks the index in small steps and names the records that
/// nobody may read any more. Writes go on between the steps.
struct CompactionSweep {
    let floor: Revision
    /// What stays although nobody may read it at its revision.
    private let retention: Retention
    private(set) var isFinished = false
    private var cursor: Bytes = [0]
    private var waiting: [(_ isDone: Bool) -> Void] = []

    init(floor: Revision, retention: Retention) {
        self.floor = floor
        self.retention = retention
    }

    /// Takes over who waits for an older sweep that this one replaces.
    mutating func inherit(_ older: CompactionSweep?) {
        waiting += older?.waiting ?? []
    }

    /// `body` runs when everything below the floor is gone, or with false when the store closes
    /// first.
    mutating func whenDone(_ body: @escaping (_ isDone: Bool) -> Void) {
        waiting.append(body)
    }

    func complete() {
        for body in waiting { body(true) }
    }

    func abandon() {
        for body in waiting { body(false) }
    }

    /// Removes the next forgotten versions from the index and returns their positions.
    mutating func step(_ index: SharedIndex) -> [LogPosition] {
        let floor = floor.rawValue
        var affected: [IndexEntry] = []
        var left = Limits.sweepEntriesMax
        var resume: Bytes?
        index.writerView { tree in
            cursor.withUnsafeBytes { start in
                _ = tree.visit(from: start) { entry in
                    guard left > 0 else {
                        resume = Bytes(entry.key)
                        return false
                    }
                    left -= 1
                    if entry.firstKept(before: floor, retention.bounds(of: entry.key)) > 0 {
                        affected.append(entry)
                    }
                    return true
                }
            }
        }
        if let resume { cursor = resume } else { isFinished = true }
        var dropped: [LogPosition] = []
        guard !affected.isEmpty else { return dropped }
        index.change { tree in
            for entry in affected {
                let remains = entry.compact(before: floor, retention.bounds(of: entry.key)) {
                    dropped.append($0)
                }
                if !remains { tree.remove(entry) }
            }
        }
        return dropped
    }
}
