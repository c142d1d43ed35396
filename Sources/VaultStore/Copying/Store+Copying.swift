extension Store {
    /// Rewrites the file without the room that removed records left in it.
    ///
    /// Runs on the caller's thread for as long as it takes, about two seconds for a million
    /// records. Reads never wait; writes do for the last step, a few milliseconds. Needs as much
    /// room on the disk as the records take, or throws `.diskFull` before it begins.
    ///
    /// - Parameter isCancelled: asked now and then; throws `.closed` when it is true.
    public func defragment(
        isCancelled: () -> Bool = { false }
    ) throws(StoreError) -> Defragmentation {
        if isReadOnly { throw .readOnly }
        let before = log.fileBytes()
        let directory = try CopyDirectory(in: self.directory)
        let log = log
        let retired = try copy(into: directory, isCancelled: isCancelled) {
            (copy, standstill) throws(StoreError) in
            try copy.complete(standstill.head, reservesGrowth: true)
            let retired = try log.replaceFile(with: copy.target)
            standstill.isReplaced = true
            // The old file is gone. When nobody knows whether the new one has its name on the
            // disk, nothing more may be acknowledged.
            do throws(StoreError) { try log.synchronizeDirectory() } catch {
                standstill.failure = error
                throw error
            }
            return retired
        }
        // Unmapping it takes longer than any read: on this thread, after the last of those.
        defer { withExtendedLifetime(retired) {} }
        return Defragmentation(bytesBefore: before, bytesAfter: log.fileBytes())
    }

    /// Makes a second file of everything there is now. As `defragment`, but the store keeps its
    /// own.
    public func makeCopy(
        isCancelled: () -> Bool = { false }
    ) throws(StoreError) -> StoreCopy {
        let directory = try CopyDirectory(in: self.directory)
        let revision = try copy(into: directory, isCancelled: isCancelled) {
            (copy, standstill) throws(StoreError) in
            defer { copy.close() }
            var head = standstill.head
            // The log stays here; where the copy goes it begins anew.
            head.auditSequence = 0
            try copy.complete(head, reservesGrowth: false)
            return Revision(standstill.head.currentRevision)
        }
        return StoreCopy(directory, revision: revision)
    }

    /// Fills a copy while the store goes on, then runs `finish` while it stands still.
    private func copy<R: Sendable>(
        into directory: borrowing CopyDirectory, isCancelled: () -> Bool,
        finish: @escaping @Sendable (LogCopy, inout Standstill) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        // A record weighs its page's share; half as much again is more than was ever seen.
        try CopyDirectory.checkRoom(for: clock.usedBytes * 3 / 2, in: self.directory)
        let pins = pins
        // No compaction removes anything behind the copy's back; on the writer, so that no step of
        // one is under way.
        try visit { _ throws(StoreError) in _ = pins.pin(Self.everything, unless: { false }) }
        defer { unpin(Self.everything) }
        let path = directory.path
        let copy = try reading { () throws(StoreError) in try LogCopy(of: log, in: path) }
        defer { copy.close() }
        // A second time for what came while the first was written out.
        for _ in 0..<2 {
            while try reading({ () throws(StoreError) in try copy.advance() }) {
                if isCancelled() { throw .closed }
            }
            try copy.synchronize()
        }
        return try visit { (standstill) throws(StoreError) in try finish(copy, &standstill) }
    }
}
