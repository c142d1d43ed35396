import VaultAPI

/// What is wrong with a store after a crash, seen by one of its writers, who puts one value under
/// all of its keys in each transaction.
struct CrashVerdict {
    /// How many keys a writer has.
    static let keysTogether = 5

    /// One line for each wrong; empty when all is well.
    private(set) var complaints: [String] = []
    /// The values that were found.
    let values: Set<String>

    /// - Parameters:
    ///   - value: what the writer puts in its transaction of that number.
    init(
        of writer: Int, in store: [Mvccpb_KeyValue], _ entry: CrashLedger.Entry,
        value: (Int) -> String
    ) {
        let own = store.filter {
            String(decoding: $0.key, as: UTF8.self).hasPrefix("writer/\(writer)/")
        }
        values = Set(own.map { String(decoding: $0.value, as: UTF8.self) })
        if entry.acknowledged == 0, own.isEmpty { return }
        if own.count != CrashVerdict.keysTogether {
            complaints.append("writer \(writer) has \(own.count) keys")
        }
        if values.count != 1 || Set(own.map(\.modRevision)).count != 1 {
            complaints.append("half a transaction of writer \(writer)")
        }
        // Either the last one that was acknowledged or the one whose answer never came.
        if !values.isSubset(of: [value(entry.acknowledged), value(entry.attempted)]) {
            complaints.append("writer \(writer) lost what was acknowledged: \(entry)")
        }
        if own.contains(where: { $0.modRevision < entry.revision }) {
            complaints.append("writer \(writer) is at a revision before \(entry.revision)")
        }
    }
}
