@testable import VaultStore

/// A watcher that a client has, and what it must be told next.
struct WatchedRange {
    let range: KeyRange
    /// The first revision that it is told of.
    let start: Int64
    /// As the client asked; 0 for what comes after now.
    let askedStart: Int64
    let skipsPuts: Bool
    let skipsDeletes: Bool
    let wantsPrevious: Bool
    let allowsFragments: Bool
    /// It was told everything before this place of the history.
    var place = 0
    /// The last revision that it was told of.
    var told: Int64 = 0

    /// The place of what comes next; nil when there is nothing.
    func next(in history: WatchHistory) -> Int? {
        history.changes[place...].firstIndex { change in
            change.revision >= start && range.contains(change.key)
                && !(change.value == nil ? skipsDeletes : skipsPuts)
        }
    }
}
