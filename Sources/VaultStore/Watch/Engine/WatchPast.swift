import VaultSeal

/// What was there before an event, for watchers who want to know.
struct WatchPast {
    let log: RecordLog
    let index: SharedIndex
    let clock: StoreClock

    /// Looks it up for `event`, once, and says how many bytes of a message it takes.
    func find(for event: WatchEvent) -> Int {
        if !event.hasPrevious {
            event.hasPrevious = true
            event.previous = previous(of: event)
        }
        guard let previous = event.previous else { return 0 }
        return previous.key.count + previous.value.count + 64
    }

    /// nil for a new key, and for what a compaction has removed, as in etcd.
    private func previous(of event: WatchEvent) -> KeyValue? {
        if !event.isDelete && event.version == 1 { return nil }
        let before = Revision(event.modRevision.rawValue - 1)
        let reader = StoreReader(index: index, cipher: log.cipher, isWriter: false)
        guard before >= clock.compacted, let position = reader.position(of: event.key, at: before)
        else { return nil }
        do throws(StoreError) {
            return try log.read { (lookup) throws(StoreError) -> KeyValue? in
                guard try lookup(position) != nil else { return nil }
                return try reader.keyValue(at: position, lookup: lookup)
            }
        } catch {
            return nil
        }
    }
}
