/// The archives of one store and how they continue each other. Copies of the same archive are one.
struct ArchiveForest {
    /// By digest.
    let entries: [String: ArchiveEntry]
    /// By digest: all names of its file, sorted.
    let fileNames: [String: [String]]
    /// Digests of the archives that can be restored: all that they continue are there.
    let complete: Set<String>

    /// Their parents come from elsewhere, or are lost: nothing is known of what they are worth.
    var orphans: [String] { Set(entries.keys).subtracting(complete).sorted() }

    init(_ all: [ArchiveEntry]) {
        var entries: [String: ArchiveEntry] = [:]
        var names: [String: [String]] = [:]
        for entry in all.sorted(by: { $0.fileName < $1.fileName }) {
            entries[entry.digest] = entries[entry.digest] ?? entry
            names[entry.digest, default: []].append(entry.fileName)
        }
        self.entries = entries
        fileNames = names
        var complete: Set<String> = []
        for digest in entries.keys {
            let chain = Self.chain(of: digest, in: entries)
            if chain.last.flatMap({ entries[$0] })?.parent == nil { complete.insert(digest) }
        }
        self.complete = complete
    }

    /// The archive and those that it continues, back to the full one, as far as they are there.
    func chain(of digest: String) -> [String] { Self.chain(of: digest, in: entries) }

    /// The archive with the highest number first.
    func newestFirst(_ digests: some Sequence<String>) -> [String] {
        digests.compactMap { entries[$0] }.sorted {
            ($0.sequence, $0.created, $0.digest) > ($1.sequence, $1.created, $1.digest)
        }.map(\.digest)
    }

    private static func chain(
        of digest: String, in entries: [String: ArchiveEntry]
    ) -> [String] {
        var chain: [String] = []
        var next: String? = digest
        // A digest covers its parent's, so there can be no circle; hostile entries claim one.
        while let current = next, let entry = entries[current], chain.count <= entries.count {
            chain.append(current)
            next = entry.parent
        }
        return chain
    }
}
