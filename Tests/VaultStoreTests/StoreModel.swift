import VaultStore

/// The naive store that the real one is held against: every revision of every key, in a dictionary.
struct StoreModel {
    struct Version {
        var revision: Int64
        /// nil is a deletion.
        var keyValue: KeyValue?
    }

    private(set) var versions: [Bytes: [Version]] = [:]
    private(set) var revision: Int64 = 1
    private(set) var compacted: Int64 = 0

    func get(_ key: Bytes, at moment: Int64? = nil) -> KeyValue? {
        versions[key]?.last { $0.revision <= moment ?? revision }?.keyValue
    }

    func range(_ range: KeyRange, at moment: Int64? = nil) -> [KeyValue] {
        versions.keys.filter { range.contains($0) }
            .sorted { $0.lexicographicallyPrecedes($1) }
            .compactMap { get($0, at: moment) }
    }

    private mutating func write(
        _ key: Bytes, _ value: Bytes, lease: LeaseID = .none, at moment: Int64
    ) {
        let old = get(key, at: moment)
        let new = KeyValue(
            key: key, value: value, createRevision: old?.createRevision ?? Revision(moment),
            modRevision: Revision(moment), version: (old?.version ?? 0) + 1, lease: lease)
        versions[key, default: []].append(Version(revision: moment, keyValue: new))
    }

    mutating func put(_ key: Bytes, _ value: Bytes, lease: LeaseID = .none) {
        write(key, value, lease: lease, at: revision + 1)
        revision += 1
    }

    mutating func put(all pairs: [(Bytes, Bytes)]) {
        put(all: pairs.map { ($0.0, $0.1, .none) })
    }

    mutating func put(all puts: [(key: Bytes, value: Bytes, lease: LeaseID)]) {
        for put in puts { write(put.key, put.value, lease: put.lease, at: revision + 1) }
        if !puts.isEmpty { revision += 1 }
    }

    /// As one change, like the end of a lease.
    mutating func delete(keysOf lease: LeaseID) {
        let gone = range(.all).filter { $0.lease == lease }
        guard !gone.isEmpty else { return }
        revision += 1
        for keyValue in gone {
            versions[keyValue.key, default: []].append(
                Version(revision: revision, keyValue: nil))
        }
    }

    mutating func delete(_ range: KeyRange) -> [KeyValue] {
        let gone = self.range(range)
        guard !gone.isEmpty else { return [] }
        revision += 1
        for keyValue in gone {
            versions[keyValue.key, default: []].append(
                Version(revision: revision, keyValue: nil))
        }
        return gone
    }

    mutating func compact(to floor: Int64) {
        compacted = floor
        for (key, history) in versions {
            var kept = history
            while kept.count > 1, kept[1].revision <= floor { kept.removeFirst() }
            if let first = kept.first, first.keyValue == nil, first.revision < floor {
                kept.removeFirst()
            }
            versions[key] = kept.isEmpty ? nil : kept
        }
    }

    /// Records that the log must hold once a compaction has finished.
    var recordCount: Int { versions.values.reduce(0) { $0 + $1.count } }
    var keyCount: Int { versions.keys.filter { get($0) != nil }.count }
}
