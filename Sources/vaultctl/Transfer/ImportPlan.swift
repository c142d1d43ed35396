import FoundationEssentials
import VaultAPI
import VaultBackup

/// What an import comes to, decided before anything is written.
struct ImportPlan {
    enum Kind: String { case new, replaced, unchanged }

    struct Entry {
        let key: [UInt8]
        let value: [UInt8]
        let kind: Kind
        /// The revision of the key's last change; 0 when there is no such key.
        let liveRevision: Int64

        /// nil when there is nothing to do.
        var change: GuardedTransaction.Change? {
            guard kind != .unchanged else { return nil }
            return .init(
                difference: KeyDifference(
                    key: key, kind: kind == .new ? .missing : .changed,
                    liveRevision: liveRevision),
                value: value, keepsLease: kind == .replaced)
        }
    }

    private(set) var entries: [Entry] = []

    mutating func add(key: [UInt8], value: [UInt8], over found: Mvccpb_KeyValue?) {
        let kind: Kind =
            found.map { Array($0.value) == value ? .unchanged : .replaced } ?? .new
        entries.append(
            Entry(key: key, value: value, kind: kind, liveRevision: found?.modRevision ?? 0))
    }

    func count(_ kind: Kind) -> Int64 { Int64(entries.count { $0.kind == kind }) }

    /// Why nothing may be written; nil when it may.
    func refusal(mayReplace: Bool) -> CommandFailure? {
        let replaced = entries.filter { $0.kind == .replaced }
        guard !mayReplace, let first = replaced.first else { return nil }
        let shown = TerminalText.escaped(first.key)
        let what =
            replaced.count == 1
            ? "\(shown) has another value already"
            : "\(shown) and \(Quantity.count(Int64(replaced.count - 1), "other key")) have other "
                + "values already"
        return CommandFailure(
            .failed, "\(what), nothing was stored",
            nextStep: "look with --dry-run, and add --overwrite to replace them")
    }

    /// A line for each key, never a value.
    func table() -> String {
        var table = Table([.init(title: "KEY"), .init(title: "IMPORT")])
        return table.rendered(
            entries.map { [TerminalText.escaped($0.key), $0.kind.rawValue] })
    }
}
