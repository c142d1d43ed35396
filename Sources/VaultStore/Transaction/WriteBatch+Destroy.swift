extension WriteBatch {
    /// A key whose versions before a revision go from the index when the batch is durable.
    struct Destroyed {
        var entry: IndexEntry
        /// The first revision that stays.
        var before: Int64
    }

    /// Deletes the key, if it exists, and removes its versions from the log. Throws `.keyNotFound`
    /// when there is no version of it.
    mutating func destroy(_ key: Bytes) throws(StoreError) -> DestroyResult {
        guard !key.isEmpty else { throw .emptyKey }
        guard let entry = index.writerView({ index in key.withUnsafeBytes { index.find($0) } })
        else { throw .keyNotFound }
        let gone = destroyed.last { $0.entry == entry }?.before ?? 0
        let versions = (0..<entry.count).map { entry[$0] }.filter { $0.main >= gone }
        let isLive = !entry.last.isTombstone
        // What a destruction in the same batch left is no version of the key.
        guard isLive || (gone == 0 && !versions.isEmpty) else { throw .keyNotFound }
        let change = Change(main: head.currentRevision + 1)
        if isLive {
            try append(
                key, [], createRevision: 0, version: 0, lease: .none,
                at: change.next(isTombstone: true))
        }
        log.destructions.begin(versions)
        try remove(versions)
        finish(change)
        destroyed.append(Destroyed(entry: entry, before: change.main))
        return DestroyResult(
            revision: Revision(head.currentRevision), versions: Int64(versions.count))
    }

    /// Takes what was destroyed out of the index, after the commit.
    static func forget(_ destroyed: [Destroyed], in tree: inout KeyIndex) {
        var removed: Set<IndexEntry> = []
        for destruction in destroyed where !removed.contains(destruction.entry) {
            guard !destruction.entry.dropVersions(before: destruction.before) else { continue }
            removed.insert(destruction.entry)
            tree.remove(destruction.entry)
        }
    }
}
