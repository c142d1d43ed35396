import Sodium
import VaultSeal
import VaultStore

/// The keys below a prefix as they were at one revision, without their values. What a vault plants
/// for drills belongs to its archives and is left out.
public struct PastKeys: Sendable {
    /// What is kept of one key.
    struct Key: Sendable {
        /// Where its record stands in the archives.
        var place: ArchivePlace
        var digest: ValueDigest
        var lease: Int64
    }

    public let prefix: [UInt8]
    public let revision: Int64
    private(set) var keys: [[UInt8]: Key] = [:]
    private let digestKey = Random.bytes(count: 32)

    init(below prefix: [UInt8], at revision: Int64) {
        self.prefix = prefix
        self.revision = revision
    }

    /// How many there were.
    public var count: Int { keys.count }

    /// Takes in the next record of the log.
    mutating func note(_ record: ArchivedRecord, at place: ArchivePlace) {
        guard place.main <= revision, concerns(record.key) else { return }
        keys[Array(record.key)] =
            record.isDeletion
            ? nil : Key(place: place, digest: digest(of: record.value), lease: record.lease)
    }

    func concerns(_ key: some Sequence<UInt8>) -> Bool {
        key.starts(with: prefix) && !key.starts(with: DrillSample.canaryPrefix.utf8)
    }

    func digest(of value: UnsafeRawBufferPointer) -> ValueDigest {
        ValueDigest(of: value, key: digestKey)
    }
}

/// Verifies a chain, and gathers keys of it on the way.
private final class PastKeyReader: ChainVisitor {
    let tally: ChainTally
    private(set) var past: PastKeys

    init(_ past: PastKeys, tally key: StateHashKey) {
        self.past = past
        tally = ChainTally(key: key)
    }

    func record(
        _ place: ArchivePlace, _ payload: UnsafeRawBufferPointer, digest: StateHash,
        sealed: UnsafeRawBufferPointer
    ) throws(BackupError) {
        try tally.record(place, payload, digest: digest, sealed: sealed)
        // The tally refuses what is no record.
        if let record = ArchivedRecord(payload) { past.note(record, at: place) }
    }

    func lease(id: Int64, _ payload: UnsafeRawBufferPointer) throws(BackupError) {
        try tally.lease(id: id, payload)
    }

    func access(_ payload: UnsafeRawBufferPointer) throws(BackupError) {
        try tally.access(payload)
    }
}

extension OpenedChain {
    /// What keys there were below `prefix` at `revision`, nil for the newest. Every record is
    /// opened, and everything is held against the state hash first. Memory is what the keys take.
    public func keys(
        below prefix: [UInt8], at revision: Int64? = nil,
        progress: ((_ bytes: Int) -> Void)? = nil
    ) throws(BackupError) -> PastKeys {
        let reader = PastKeyReader(
            PastKeys(below: prefix, at: try end(for: revision)), tally: keyring.stateHashKey)
        let summary = try read(reader, progress: progress)
        try reader.tally.check(against: summary, of: chain)
        return reader.past
    }
}
