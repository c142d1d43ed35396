import Sodium
import VaultSeal
public import VaultStore

/// Some keys of a backup and what a read of each must give, picked by a keyed hash: values are kept
/// as digests under a key that lives as long as the drill.
public struct DrillSample: Sendable {
    /// A key that must be there.
    public struct Live: Equatable, Sendable {
        public var key: [UInt8]
        public var modRevision: Int64
        /// As `digest(of:)` makes it.
        public var valueDigest: [UInt8]
    }

    public fileprivate(set) var live: [Live] = []
    /// Keys that must not be there.
    public fileprivate(set) var deleted: [[UInt8]] = []
    /// The rules of access; nil when there are none.
    public fileprivate(set) var accessRules: [UInt8]?
    /// Keys below `canaryPrefix`, with their values.
    public fileprivate(set) var canaries: [(key: [UInt8], value: [UInt8])] = []

    /// Where the server plants canaries: one key, whose name has the number of the archive.
    public static let canaryPrefix = "vaultd/canary/"

    private let digestKey = Random.bytes(count: 32)

    /// BLAKE2b-256 of a value, keyed.
    public func digest(of value: some Collection<UInt8>) -> [UInt8] {
        Array(value).lend { digest(of: $0) }
    }

    fileprivate func digest(of value: UnsafeRawBufferPointer) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 32)
        digestKey.withUnsafeBytes { key in
            output.withUnsafeMutableBytes { KeyedHash.digest(of: value, key: key, into: $0) }
        }
        return output
    }
}

/// Gathers a sample while a chain is read.
final class SampleCollector: ChainVisitor {
    private struct State {
        var modRevision: Int64
        /// Nil when it is deleted.
        var digest: [UInt8]?
    }

    private(set) var sample = DrillSample()
    private var states: [[UInt8]: State] = [:]
    private var canaries: [[UInt8]: [UInt8]] = [:]
    private let countMax: Int
    /// Keys whose hash is at most this are looked at.
    private var threshold = UInt64.max

    init(countMax: Int) {
        self.countMax = countMax
    }

    func record(
        _ place: ArchivePlace, _ payload: UnsafeRawBufferPointer, digest: StateHash,
        sealed: UnsafeRawBufferPointer
    ) throws(BackupError) {
        guard let record = ArchivedRecord(payload) else {
            throw .integrity("a record is malformed")
        }
        noteCanary(record)
        let mark = sample.digest(of: record.key)
        let weight = mark.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        guard weight <= threshold else { return }
        states[Array(record.key)] = State(
            modRevision: place.main,
            digest: record.isDeletion ? nil : sample.digest(of: record.value))
        if states.count > 2 * countMax { thin() }
    }

    private func noteCanary(_ record: ArchivedRecord) {
        guard record.key.starts(with: DrillSample.canaryPrefix.utf8) else { return }
        canaries[Array(record.key)] = record.isDeletion ? nil : Array(record.value)
    }

    /// Half of the hashes are looked at from now on, so that the sample stays even.
    private func thin() {
        threshold /= 2
        states = states.filter { key, _ in
            let mark = sample.digest(of: key)
            return mark.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) } <= threshold
        }
    }

    func lease(id: Int64, _ payload: UnsafeRawBufferPointer) {}

    func access(_ payload: UnsafeRawBufferPointer) {
        sample.accessRules = ArchivedRecord.accessRules(payload)
    }

    func finish() -> DrillSample {
        for (key, state) in states {
            if let digest = state.digest {
                sample.live.append(
                    DrillSample.Live(
                        key: key, modRevision: state.modRevision, valueDigest: digest))
            } else {
                sample.deleted.append(key)
            }
        }
        sample.live.sort { $0.modRevision < $1.modRevision }
        sample.canaries = canaries.map { ($0.key, $0.value) }
        return sample
    }
}

extension OpenedChain {
    /// Picks about `countMax` keys of the backup.
    public func sample(
        countMax: Int = 500, progress: ((_ bytes: Int) -> Void)? = nil
    ) throws(BackupError) -> (sample: DrillSample, summary: ArchiveSummary) {
        let collector = SampleCollector(countMax: countMax)
        let summary = try read(collector, progress: progress)
        return (collector.finish(), summary)
    }
}
