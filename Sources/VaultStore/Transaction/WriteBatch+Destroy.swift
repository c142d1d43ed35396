extension WriteBatch {
    /// Deletes the key, if it exists, and removes its versions from the log. Throws `.keyNotFound`
    /// when there is no version of it.
    mutating func destroy(_ key: Bytes) throws(StoreError) -> DestroyResult {
        guard !key.isEmpty else { throw .emptyKey }
        guard let entry = index.writerView({ index in key.withUnsafeBytes { index.find($0) } })
        else { throw .keyNotFound }
        let gone = forgotten.reduce(0) { $0 + ($1.entry == entry ? $1.count : 0) }
        let versions = (gone..<entry.count).map { entry[$0] }
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
        isDestroying = true
        try remove(versions)
        forgotten.append(ForgottenVersions(entry: entry, count: versions.count))
        finish(change)
        return DestroyResult(
            revision: Revision(head.currentRevision), versions: Int64(versions.count))
    }
}
