import Synchronization

/// The revisions that long reads stand on. Compaction removes nothing that one of them may need.
final class RevisionPins: Sendable {
    private let pins = Mutex<[Int64: Int]>([:])

    /// Pins `revision`; false when it `isGone`.
    func pin(_ revision: Revision, unless isGone: () -> Bool) -> Bool {
        pins.withLock { pins in
            guard !isGone() else { return false }
            pins[revision.rawValue, default: 0] += 1
            return true
        }
    }

    func unpin(_ revision: Revision) {
        pins.withLock { pins in
            let count = pins[revision.rawValue, default: 1] - 1
            pins[revision.rawValue] = count == 0 ? nil : count
        }
    }

    /// No pinned revision lies before `floor`.
    func allow(compactionTo floor: Revision) -> Bool {
        pins.withLock { pins in pins.keys.allSatisfy { $0 >= floor.rawValue } }
    }
}
