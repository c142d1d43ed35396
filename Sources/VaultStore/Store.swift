import LMDB
import Synchronization
public import VaultSeal

/// A revisioned, encrypted key-value store in one LMDB file, with etcd's semantics.
///
/// Reads run on the caller's thread. Writes are queued for one writer thread and answered when
/// they are durable. The store knows nothing of sockets, protobuf or who is asking.
public final class Store: Sendable {
    let log: RecordLog
    let index: SharedIndex
    let clock: StoreClock
    let reader: StoreReader
    let pins = RevisionPins()
    let directory: String
    private let writer: Writer
    let watch: WatchEngine
    let configuration: StoreConfiguration
    let leases: LeaseRegistry
    /// It holds what verifies of a damaged one.
    public let isReadOnly: Bool
    let rewraps = RewrapDesk()
    private let powerCut: PowerCut
    /// Where the file is when it holds what could be saved of a damaged one.
    private let salvaged: SalvageDirectory?
    /// Reads are inside.
    private let gate = OperationGate()

    /// Makes the file of an empty store in `directory`.
    public static func create(
        in directory: String, cipher: RecordCipher, stateHashKey: StateHashKey,
        configuration: StoreConfiguration = StoreConfiguration()
    ) throws(StoreError) {
        try RecordLog.create(in: directory, cipher: cipher, stateHashKey: stateHashKey)
    }

    /// Checks the file, opens and verifies every record on all cores, and builds the index.
    ///
    /// `progress` is called now and then, from any thread, with records done and in all. `check`
    /// is asked before anything is written, and may refuse the store.
    public static func open(
        in directory: String, cipher: RecordCipher, stateHashKey: StateHashKey,
        configuration: StoreConfiguration = StoreConfiguration(),
        progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil,
        check: (StoreMoment) throws(StoreError) -> Void = { _ throws(StoreError) in }
    ) throws(StoreError) -> Store {
        CopyDirectory.removeLeftovers(in: directory)
        let powerCut = PowerCut(directory: directory)
        let path = directory + "/data.mdb"
        let loaded = try load(
            path, cipher: cipher, stateHashKey: stateHashKey, configuration: configuration,
            powerCut: powerCut, progress: progress)
        try check(StoreMoment(loaded.head))
        if let sealing = loaded.head.sealing { cipher.resumeCounting(sealing) }
        let log = try RecordLog.open(
            in: directory, cipher: cipher, stateHashKey: stateHashKey,
            commitFault: configuration.commitFault)
        // Of a process that was killed the kernel may still hold the last commit: the audit log
        // is about to say on the disk that it was there.
        do throws(LMDBError) { try log.environment.synchronize() } catch {
            throw StoreError(error)
        }
        try powerCut.markOpen()
        return Store(
            log: log, loaded: loaded, directory: directory, configuration: configuration,
            powerCut: powerCut)
    }

    /// The newest commit, or after a power cut that cut it off, the one before, which was on the
    /// disk before the newest began. Nobody was told that the lost one had succeeded.
    private static func load(
        _ path: String, cipher: RecordCipher, stateHashKey: StateHashKey,
        configuration: StoreConfiguration, powerCut: PowerCut,
        progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?
    ) throws(StoreError) -> StoreLoader.Loaded {
        func load(_ moment: FileCheck.Moment) throws(StoreError) -> StoreLoader.Loaded {
            var loader = try StoreLoader(
                path: path, moment: moment, cipher: cipher, stateHashKey: stateHashKey,
                threads: configuration.scanThreads, progress: progress)
            loader.checksStateHash = configuration.checksStateHash
            return try loader.load()
        }
        do throws(StoreError) {
            return try load(.newest)
        } catch let error {
            guard case .damaged = error, powerCut.hasHappened() else { throw error }
            let previous: StoreLoader.Loaded
            do throws(StoreError) { previous = try load(.previous) } catch _ { throw error }
            do throws(FileDamage) {
                try FileRepair.dropNewestCommit(path: path)
            } catch { throw StoreError(error) }
            return previous
        }
    }

    init(
        log: RecordLog, loaded: StoreLoader.Loaded, directory: String,
        configuration: StoreConfiguration, powerCut: PowerCut,
        salvaged: SalvageDirectory? = nil
    ) {
        isReadOnly = salvaged != nil
        self.salvaged = salvaged
        self.powerCut = powerCut
        self.directory = directory
        self.log = log
        self.configuration = configuration
        index = loaded.index
        reader = StoreReader(index: loaded.index, cipher: log.cipher, isWriter: false)
        clock = StoreClock(loaded.head, gaps: log.gaps)
        clock.usedBytes = loaded.usedBytes
        watch = WatchEngine(
            log: log, index: index, clock: clock, configuration: configuration)
        leases = LeaseRegistry(
            ttls: loaded.leases, attachments: loaded.attachments,
            clock: configuration.leaseClock)
        writer = Writer(
            log: log, index: index, clock: clock, pins: pins, loaded: loaded,
            configuration: configuration, watchers: watch.inbox, leases: leases, rewraps: rewraps)
        watch.start()
        writer.start()
    }

    /// Queues a write. `completion` runs once: on the writer thread after the change is durable and
    /// visible, or at once when the queue refuses it. It must be quick.
    ///
    /// - Parameters:
    ///   - lane: lanes are served in turns; within one the order stays.
    ///   - hasRoom: asked on the writer thread before a request is carried out whose answer may be
    ///     large: whether it may be had.
    public func submit(
        _ request: WriteRequest, in lane: Lane = .own,
        hasRoom: (@Sendable () -> Bool)? = nil,
        completion: @escaping @Sendable (Result<WriteResult, StoreError>) -> Void
    ) {
        if isReadOnly { return completion(.failure(.readOnly)) }
        writer.submit(request, in: lane, hasRoom: hasRoom, completion: completion)
    }

    /// Writes and waits until it is durable and visible. Not on an event loop, nor on a thread of
    /// the store's.
    public func write(_ request: WriteRequest) throws(StoreError) -> WriteResult {
        if isReadOnly { throw .readOnly }
        let handover = Handover<Result<WriteResult, StoreError>>()
        writer.submit(request, in: .own) { handover.give($0) }
        return try handover.wait().get()
    }

    /// The rules of access as they were written last; nil when none ever were. What they mean is
    /// not the store's business.
    public func accessRules() throws(StoreError) -> Bytes? {
        try log.accessRecord()?.content
    }

    /// How far the file is. Waits until the writer is between two batches.
    public func moment() throws(StoreError) -> StoreMoment {
        try visit { (standstill) throws(StoreError) in StoreMoment(standstill.head) }
    }

    /// The highest number of a keyring that the store has noted.
    public var keyringGeneration: UInt64 { clock.keyringGeneration }

    /// The newest revision that is durable and may be seen.
    public var revision: Revision { clock.published }

    /// Why nothing more is written until the store is opened again; nil while the file is well.
    public var failure: StoreError? { clock.failure }

    /// Watchers that are open, a turn of the watch thread ago.
    public var watcherCount: Int { watch.watcherCount.load(ordering: .relaxed) }

    public func status() -> StoreStatus {
        StoreStatus(
            revision: clock.published,
            compactRevision: max(clock.compacted, .none),
            keyCount: index.read { Int64($0.liveCount) },
            recordCount: clock.recordCount,
            fileBytes: log.fileBytes(),
            usedBytes: clock.usedBytes,
            quotaBytes: configuration.quotaBytes,
            noSpace: clock.noSpace,
            isReadOnly: isReadOnly,
            failure: clock.failure,
            alarms: clock.alarms,
            quarantinedSince: clock.quarantinedSince,
            backups: clock.backups)
    }

    /// Finishes queued writes, waits for reads under way, and closes the file. Further calls throw
    /// `.closed`.
    public func close() {
        guard gate.shut() else { return }
        writer.stop()
        rewraps.close()
        watch.stop()
        while !gate.isEmpty { StoreThread.pause() }
        log.environment.close()
        // After a failed sync nobody knows what the disk holds; the next open must look.
        if !writer.hasFailed { powerCut.markClosed() }
    }

    deinit {
        close()
    }

    // MARK: - For the reads in other files

    /// Runs a read; while it runs the file stays open.
    func reading<R>(_ body: () throws(StoreError) -> R) throws(StoreError) -> R {
        guard let stripe = gate.enter() else { throw .closed }
        defer { gate.leave(stripe) }
        return try body()
    }

    /// Makes the writer look at leases now, for tests with a clock of their own.
    func wakeWriter() { writer.nudge() }

    /// Runs `body` on the writer thread between two batches, and waits for it.
    func visit<R: Sendable>(
        _ body: @escaping @Sendable (inout Standstill) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        try writer.visit(body)
    }

    func unpin(_ revision: Revision) {
        pins.unpin(revision)
        writer.nudge()
    }
}
