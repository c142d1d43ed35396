import Synchronization

/// What was destroyed lately. Whoever looked a place up in the index before finds no record there,
/// which is no damage.
///
///     reader: mark, place from the index      writer: begin, remove, commit, forget, end
///     no record at the place  ->  it is being destroyed now, or something was since the mark
final class Destructions: Sendable {
    /// A moment before a reader looked places up.
    struct Mark: Equatable {
        fileprivate let count: UInt64
    }

    private let count = Atomic<UInt64>(0)
    /// Of the batch under way: the index still names these, the file may not have them any more.
    private let places = Mutex<Set<LogPosition>>([])

    var mark: Mark { Mark(count: count.load(ordering: .acquiring)) }

    /// Before the records are removed.
    func begin(_ positions: [LogPosition]) {
        places.withLock { $0.formUnion(positions.map(\.place)) }
    }

    /// The index has forgotten them, or nothing was removed.
    func end() {
        // In this order: who finds a place here no more also finds another count.
        count.wrappingAdd(1, ordering: .acquiringAndReleasing)
        places.withLock { $0 = [] }
    }

    func isUnderWay(at position: LogPosition) -> Bool {
        places.withLock { $0.contains(position.place) }
    }

    /// Whether a record may be missing whose place was found after `mark`.
    func mayHaveTaken(_ position: LogPosition, since mark: Mark) -> Bool {
        isUnderWay(at: position) || mark != self.mark
    }
}
