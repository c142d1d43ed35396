import Synchronization

/// What the clients of a crash test were told, from their own point of view.
final class CrashLedger: Sendable {
    /// The last write that a writer knows of, and the one that it does not know the end of.
    struct Entry: Sendable {
        var acknowledged: Int = 0
        var revision: Int64 = 0
        var attempted: Int = 0
    }

    private let entries = Mutex<[Int: Entry]>([:])

    func attempt(_ number: Int, by writer: Int) {
        entries.withLock { $0[writer, default: Entry()].attempted = number }
    }

    func acknowledge(_ number: Int, by writer: Int, revision: Int64) {
        entries.withLock {
            $0[writer, default: Entry()].acknowledged = number
            $0[writer, default: Entry()].revision = revision
        }
    }

    /// Ends the doubt about the last attempt.
    func settle(_ writer: Int, isThere: Bool) {
        entries.withLock { entries in
            guard var entry = entries[writer] else { return }
            if isThere { entry.acknowledged = entry.attempted }
            entry.attempted = max(entry.attempted, entry.acknowledged)
            entries[writer] = entry
        }
    }

    func entry(of writer: Int) -> Entry { entries.withLock { $0[writer] ?? Entry() } }

    /// The highest revision that anybody was told.
    var revision: Int64 { entries.withLock { $0.values.map(\.revision).max() ?? 0 } }

    /// Writes acknowledged to anybody.
    var acknowledged: Int { entries.withLock { $0.values.map(\.acknowledged).reduce(0, +) } }
}
