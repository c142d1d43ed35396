extension Store {
    /// Hands everything that an archive is made of to `sink` and says what the store was at its
    /// end. Runs on the caller's thread for as long as it takes; reads and writes go on, and no
    /// record is removed meanwhile.
    ///
    /// - Parameters:
    ///   - revision: leave out what lies at or before it; -1 for everything.
    ///   - removals: how many records had been removed when the archive was made that holds the
    ///     rest; where some were removed since, the sink is told which of the rest exist.
    ///   - isCancelled: asked now and then; throws `.closed` when it is true.
    public func archive(
        after revision: Int64 = -1, removals: UInt64 = 0, to sink: any ArchiveSink,
        isCancelled: () -> Bool = { false }
    ) throws(StoreError) -> ArchiveSummary {
        let pins = pins
        // On the writer, so that no step of a compaction is under way.
        let start = try visit { (standstill) throws(StoreError) in
            guard revision <= standstill.head.currentRevision else {
                throw .futureRevision(current: Revision(standstill.head.currentRevision))
            }
            _ = pins.pin(Self.everything, unless: { false })
            return standstill.head
        }
        defer { unpin(Self.everything) }
        let archive = StoreArchive(of: log, after: revision, to: sink)
        if revision >= 0, removals != start.removals {
            var place = LogKey(main: 1, sub: 0)
            while try reading({ () throws(StoreError) in
                try archive.keep(from: &place, upTo: revision)
            }) {
                if isCancelled() { throw .closed }
                try sink.flush()
            }
        }
        while try reading({ () throws(StoreError) in try archive.advance() }) {
            if isCancelled() { throw .closed }
            try sink.flush()
        }
        let summary = try visit { (standstill) throws(StoreError) in
            try archive.complete(standstill.head)
        }
        guard revision >= 0 || UInt64(archive.recordCount) == summary.recordCount else {
            throw .damaged(
                "there are \(archive.recordCount) records, \(summary.recordCount) were written")
        }
        try sink.flush()
        return summary
    }

    /// Pinned, it keeps every record; below every revision.
    static var everything: Revision { Revision(-1) }

    /// What the vault remembers of its archives; nil before the first.
    public func backupMark() throws(StoreError) -> BackupMark? {
        try visit { (standstill) throws(StoreError) in standstill.head.backups }
    }

    /// Where a restored vault came from, until somebody accepts it.
    public func restoreMark() throws(StoreError) -> RestoreMark? {
        try visit { (standstill) throws(StoreError) in standstill.head.restored }
    }

    /// When the vault was restored, milliseconds since 1970, if nobody has accepted it since. Until
    /// then no lease ends and nothing is removed by itself.
    public var quarantinedSince: Int64? { clock.quarantinedSince }
}
