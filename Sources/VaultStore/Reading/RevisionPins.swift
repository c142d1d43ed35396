import Synchronization

/// The revisions that long reads stand on. Compaction removes nothing that one of them may need.
final class RevisionPins: Sendable {
    private let pins = Mutex<[Int64: Int]>([:])

    /// Pins `revision`, unless `isReadable` says that it is gone.
    func pin<E: Error>(
        _ revision: Revision, _ isReadable: () throws(E) -> Void
    ) throws(E) {
        try pins.withLock { (pins) throws(E) in
            try isReadable()
            pins[revision.rawValue, default: 0] += 1
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
