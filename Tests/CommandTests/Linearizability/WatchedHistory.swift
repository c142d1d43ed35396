/// What a watcher of all registers was told, over all its connections.
struct WatchedHistory: Equatable {
    struct Event: Equatable {
        let revision: Int64
        let key: Int
        /// nil for a deletion.
        let value: Int?
    }

    private(set) var events: [Event] = []

    /// Where to go on after a lost connection.
    var nextRevision: Int64 { (events.last?.revision ?? 1) + 1 }

    mutating func append(_ event: Event) { events.append(event) }

    /// One line for each wrong. Every revision of the store changes one register, so that every
    /// revision must be told, once; and what is told must be what the clients did.
    func complaints(
        _ operations: [RegisterOperation], _ tellings: [HistoryRecorder.Telling]
    ) -> [String] {
        var complaints: [String] = []
        for (index, event) in events.enumerated() where event.revision != Int64(index + 2) {
            complaints.append("revision \(event.revision) was told in the place of \(index + 2)")
            return complaints
        }
        var unexplained = Set(events.indices)
        for telling in tellings {
            guard let revision = telling.made else { continue }
            let index = Int(revision) - 2
            guard events.indices.contains(index),
                WatchedHistory.isEffect(events[index], of: operations[telling.operation])
            else {
                complaints.append("not told: \(operations[telling.operation]) at \(revision)")
                continue
            }
            unexplained.remove(index)
        }
        // The rest was done without an answer, each at most once.
        var unanswered = operations.filter { $0.answer == nil }
        for index in unexplained.sorted() {
            if let known = unanswered.firstIndex(where: {
                WatchedHistory.isEffect(events[index], of: $0)
            }) {
                unanswered.remove(at: known)
            } else {
                complaints.append("nobody did \(events[index])")
            }
        }
        return complaints
    }

    private static func isEffect(_ event: Event, of operation: RegisterOperation) -> Bool {
        guard event.key == operation.key else { return false }
        switch operation.action {
        case .put(let new), .swap(_, let new): return event.value == new
        case .delete: return event.value == nil
        case .get: return false
        }
    }
}
