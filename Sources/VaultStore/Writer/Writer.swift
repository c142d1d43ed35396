import LMDB
import Synchronization

/// The one thread that changes the store: drains the queue, applies what it found as one batch,
/// commits once, publishes, and only then answers.
///
/// SAFETY: `state` belongs to the writer thread once `start` was called.
final class Writer: @unchecked Sendable {
    typealias Completion = @Sendable (Result<WriteResult, StoreError>) -> Void
    /// Called with nil, and why, when the store closes first or its file failed.
    private typealias Visitor = @Sendable (inout Standstill?, StoreError) -> Void

    struct Item: Sendable {
        var request: WriteRequest
        var hasRoom: (@Sendable () -> Bool)?
        var completion: Completion
    }

    private struct State {
        var head: StoreHead
        var usedBytes: Int64
        var quota: Quota
        var sweep: CompactionSweep?
        /// Of the newest record; time does not go back when the machine's clock does.
        var lastTime: Int64
        /// Set once the file failed in a way that leaves its state unknown.
        var poison: StoreError?
    }

    private let log: RecordLog
    private let index: SharedIndex
    private let clock: StoreClock
    private let pins: RevisionPins
    private let wallClock: WallClock
    private let retention: [RetentionRule]
    private let watchers: WatchInbox
    private let leases: LeaseRegistry
    private let rewraps: RewrapDesk
    private let reserve: ReserveKeeper
    private let whenFailed: (@Sendable (StoreError) -> Void)?
    private let queue = WorkQueue(
        LaneQueue<Item>(
            countMax: Limits.queuedWritesMax, bytesMax: Limits.queuedWriteBytesMax))
    /// Who wants the store to stand still.
    private let visitors = WorkQueue(
        FirstComeQueue<Visitor>(capacity: Limits.writerVisitorsMax))
    private var state: State
    private var thread: StoreThread?

    init(
        log: RecordLog, index: SharedIndex, clock: StoreClock, pins: RevisionPins,
        loaded: StoreLoader.Loaded, configuration: StoreConfiguration, watchers: WatchInbox,
        leases: LeaseRegistry, rewraps: RewrapDesk
    ) {
        self.rewraps = rewraps
        self.leases = leases
        self.watchers = watchers
        self.log = log
        reserve = ReserveKeeper(log.environment)
        self.index = index
        self.clock = clock
        self.pins = pins
        wallClock = configuration.wallClock
        whenFailed = configuration.whenFailed
        let head = loaded.head
        state = State(
            head: head, usedBytes: loaded.usedBytes,
            quota: Quota(limit: configuration.quotaBytes), lastTime: loaded.lastTime)
        retention = configuration.retention
        if head.unfinishedCompaction > 0 { startSweep(to: head.unfinishedCompaction) }
    }

    func start() {
        thread = StoreThread(name: "store-writer") { [self] in run() }
    }

    /// Queues a request. `completion` runs on the writer thread, or at once when it is refused.
    func submit(
        _ request: WriteRequest, in lane: Lane, hasRoom: (@Sendable () -> Bool)? = nil,
        completion: @escaping Completion
    ) {
        // Not on the writer thread: everybody's writes would wait meanwhile.
        if let error = RequestChecks.refusal(of: request) { return completion(.failure(error)) }
        let item = Item(request: request, hasRoom: hasRoom, completion: completion)
        let cost = request.cost
        do throws(QueueRefusal) {
            try queue.append { $0.append(item, cost: cost, to: lane) }
        } catch {
            completion(.failure(error == .full ? .overloaded : .closed))
        }
    }

    /// A long read has ended; a compaction may have waited for it.
    func nudge() { queue.nudge() }

    /// Finishes what is queued and ends the thread.
    func stop() {
        queue.close()
        guard let thread else { return }
        thread.join()
        self.thread = nil
        reserve.stop()
    }

    /// The file failed. Only after `stop`.
    var hasFailed: Bool { state.poison != nil }

    /// Nobody knows any more what the disk holds: nothing more is written to it. Those who look
    /// after the store hear of it now, not only those who happen to write.
    private func fail(_ error: StoreError) {
        guard state.poison == nil else { return }
        state.poison = error
        clock.failure = error
        whenFailed?(error)
    }

    private func run() {
        var expiry = Expiry.done
        while let batch = queue.take(
            waits: !canSweep && expiry != .goesOn && !canRewrap, until: wakeTime(expiry),
            { $0.take(workMax: Limits.batchWorkMax) })
        {
            expiry = .done
            if !batch.isEmpty, runBatches(batch) { expiry = .givesWay }
            receiveVisitors()
            if canSweep { sweepStep() }
            if canRewrap { rewrapStep() }
            if expiry == .done, expireLeases() { expiry = .goesOn }
        }
        state.sweep?.abandon(.closed)
        visitors.close()
        receiveVisitors(isOpen: false)
    }

    // MARK: - Standing still

    /// Runs `body` on the writer thread between two batches, and waits for it.
    func visit<R: Sendable>(
        _ body: @escaping @Sendable (inout Standstill) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        let handover = Handover<Result<R, StoreError>>()
        let visitor: Visitor = { standstill, refusal in
            do throws(StoreError) {
                guard var here = standstill else { throw refusal }
                defer { standstill = here }
                handover.give(.success(try body(&here)))
            } catch {
                handover.give(.failure(error))
            }
        }
        do throws(QueueRefusal) { try visitors.append { $0.append(visitor) } } catch {
            throw error == .full ? .overloaded : .closed
        }
        queue.nudge()
        return try handover.wait().get()
    }

    private func receiveVisitors(isOpen: Bool = true) {
        for visitor in visitors.take(waits: false, until: nil, { $0.takeAll() }) ?? [] {
            var standstill =
                isOpen && state.poison == nil ? Standstill(head: state.head) : nil
            visitor(&standstill, isOpen ? state.poison ?? .closed : .closed)
            if let failure = standstill?.failure { fail(failure) }
            if standstill?.isReplaced == true { rewraps.restart() }
        }
    }

    /// Who copies or verifies every record counts on all of them staying. Pins of that kind are
    /// made while the writer stands still, so none appears between this and the commit.
    private func checkReaders(_ request: WriteRequest) throws(StoreError) {
        guard case .destroy = request, !pins.allow(compactionTo: .none) else { return }
        throw .recordsInUse
    }

    /// In one commit, or in several where requests turn out to be more work than they looked. True
    /// when leases ended with it.
    private func runBatches(_ items: [Item]) -> Bool {
        var rest = items[...]
        var endedLeases = false
        while !rest.isEmpty {
            let (count, ended) = runBatch(rest)
            rest = rest.dropFirst(count)
            if ended { endedLeases = true }
        }
        return endedLeases
    }

    /// How many of the requests it answered, and whether leases ended with them.
    private func runBatch(
        _ items: ArraySlice<Item>, endsLeases: Bool = true
    ) -> (count: Int, endedLeases: Bool) {
        var answers: [Result<WriteResult, StoreError>] = []
        answers.reserveCapacity(items.count)
        var expired: [LeaseID] = []
        var isHalfDone = false
        do throws(StoreError) {
            if let poison = state.poison { throw poison }
            var batch = try makeBatch()
            for item in items {
                do throws(StoreError) {
                    try checkReaders(item.request)
                    if let hasRoom = item.hasRoom, !hasRoom() { throw StoreError.answersUnread }
                    answers.append(.success(try batch.apply(item.request)))
                } catch {
                    answers.append(.failure(error))
                    isHalfDone = batch.isHalfDone
                    if isHalfDone {
                        batch.rollBack()
                        throw error
                    }
                }
                if batch.work >= Limits.batchWorkDoneMax { break }
            }
            state.quota = batch.quota
            clock.noSpace = state.quota.isAlarmRaised
            if endsLeases, batch.isDirty, batch.failure == nil, clock.quarantinedSince == nil {
                expired = leases.takeExpired(takesLargeOne: false)
                batch.end(expired)
            }
            if let failure = batch.failure {
                batch.rollBack()
                throw failure
            }
            if batch.isDirty { try commit(batch) }
        } catch {
            if isHalfDone {
                // Those before it get a commit without it.
                if answers.count > 1 { return runBatch(items.prefix(answers.count - 1)) }
                answer(items.prefix(1), answers)
                return (1, false)
            }
            if case .storage = error { fail(error) }
            leases.putBack(expired)
            // What clients ask for must not fail because of leases.
            if !expired.isEmpty, state.poison == nil { return runBatch(items, endsLeases: false) }
            // The commit failed: what a refused request was told still holds.
            if answers.isEmpty { answers = items.map { _ in .failure(error) } }
            answers = answers.map { answer in
                if case .failure = answer { answer } else { .failure(error) }
            }
        }
        answer(items, answers)
        return (answers.count, !expired.isEmpty)
    }

    private func makeBatch() throws(StoreError) -> WriteBatch {
        try WriteBatch(
            log: log, index: index, head: state.head, usedBytes: state.usedBytes,
            quota: state.quota, time: max(state.lastTime, wallClock.now()),
            recordsChanges: watchers.wantsChanges, leases: leases)
    }

    private func commit(_ batch: consuming WriteBatch) throws(StoreError) {
        let (usedBytes, time, changes) = (batch.usedBytes, batch.time, batch.changes)
        let leaseChanges = batch.leases
        let (compactRevision, restored) = (state.head.compactRevision, state.head.restored)
        state.head = try batch.commit(to: clock)
        if restored != nil, state.head.restored == nil { leases.restart() }
        reserve.look()
        state.usedBytes = usedBytes
        state.quota.look(used: usedBytes)
        clock.noSpace = state.quota.isAlarmRaised
        state.lastTime = time
        leases.publish(leaseChanges)
        watchers.post(changes, upTo: state.head.currentRevision)
        if state.head.compactRevision != compactRevision {
            startSweep(to: state.head.compactRevision)
        }
    }

    private func answer(
        _ items: ArraySlice<Item>, _ answers: [Result<WriteResult, StoreError>]
    ) {
        for (item, answer) in zip(items, answers) {
            if case .tidy = item.request, case .success = answer { tidy() }
            if case .compact(_, physical: true) = item.request, case .success = answer {
                // Without a sweep the log could not be read.
                if state.sweep == nil { item.completion(.failure(state.poison ?? .closed)) }
                state.sweep?.whenDone { end in item.completion(end.flatMap { answer }) }
                continue
            }
            item.completion(answer)
        }
    }

    // MARK: - Leases

    /// When the next lease may be over, or a compaction or a rewrap goes on, in nanoseconds of the
    /// monotonic clock.
    private func wakeTime(_ expiry: Expiry) -> Int64? {
        guard state.poison == nil else { return nil }
        var wakeTime = min(rewraps.sweep?.resumesAt ?? .max, sweepTime ?? .max)
        if clock.quarantinedSince == nil, let time = leases.timeUntilNext {
            let wait =
                expiry == .givesWay
                ? Limits.leaseGivesWay
                : min(time + Limits.leaseCheckSlack, Limits.leaseCheckIntervalMax)
            wakeTime = min(wakeTime, Monitor.now() + wait.nanoseconds)
        }
        return wakeTime == .max ? nil : wakeTime
    }

    /// Ends leases whose time is up, as a commit of its own; true when there may be more.
    private func expireLeases() -> Bool {
        guard state.poison == nil, clock.quarantinedSince == nil else { return false }
        let expired = leases.takeExpired(takesLargeOne: true)
        guard !expired.isEmpty else { return false }
        do throws(StoreError) {
            var batch = try makeBatch()
            batch.end(expired)
            try commit(batch)
            return true
        } catch {
            // Their keys are still there, and so are they: nobody can renew them any more.
            leases.putBack(expired)
            if case .storage = error { fail(error) }
            return false
        }
    }

    // MARK: - Rewrap

    private var canRewrap: Bool {
        guard state.poison == nil, let sweep = rewraps.sweep else { return false }
        return sweep.resumesAt <= Monitor.now()
    }

    /// One slice of the rewrap under way, as a commit of its own when it changed anything.
    private func rewrapStep() {
        guard var sweep = rewraps.sweep else { return }
        do throws(StoreError) {
            var batch = try makeBatch()
            let slice = try log.carryOn(sweep, in: &batch.transaction)
            if slice.resealed > 0 { try commit(batch) }
            // Whoever copies has pinned everything.
            let isCopying = !pins.allow(compactionTo: .none)
            sweep.note(slice, now: Monitor.now(), isCopying: isCopying)
        } catch {
            if case .storage = error { fail(error) }
            if case .damaged = error { fail(error) }
            sweep.postpone(now: Monitor.now())
        }
        rewraps.put(sweep)
    }

    // MARK: - Compaction

    /// Begins to remove what was forgotten before `floor`, in the place of a sweep under way.
    private func startSweep(to floor: Int64) {
        let now = max(state.lastTime, wallClock.now())
        var retained: Retention
        do throws(StoreError) {
            retained = try Retention(retention) { (duration) throws(StoreError) in
                try log.firstRevision(after: now - duration, upTo: state.head.currentRevision)
            }
        } catch {
            // The log cannot be read. Nothing may be removed.
            fail(error)
            return
        }
        var sweep = CompactionSweep(floor: Revision(floor), retention: retained)
        sweep.inherit(state.sweep)
        state.sweep = sweep
    }

    /// Looks again for what need not be retained any more.
    private func tidy() {
        guard state.sweep == nil, state.head.compactRevision > 0 else { return }
        startSweep(to: state.head.compactRevision)
    }

    /// When the next step may be made, in nanoseconds of the monotonic clock; nil while there is
    /// none, or somebody reads what it would remove.
    private var sweepTime: Int64? {
        guard let sweep = state.sweep, state.poison == nil, pins.allow(compactionTo: sweep.floor)
        else { return nil }
        return sweep.resumesAt
    }

    private var canSweep: Bool { sweepTime.map { $0 <= Monitor.now() } ?? false }

    /// One step of the compaction under way, as a commit of its own.
    private func sweepStep() {
        guard var sweep = state.sweep else { return }
        let step = sweep.nextStep(in: index)
        do throws(StoreError) {
            var batch = try makeBatch()
            try batch.forget(step.forgotten)
            if step.isLast { batch.finishCompaction(to: sweep.floor) }
            if batch.isDirty { try commit(batch) }
            sweep.note(step)
        } catch .diskFull {
            sweep.noteFullDisk(now: Monitor.now())
        } catch {
            fail(.storage("a compaction could not be written: \(error)"))
            sweep.abandon(error)
        }
        state.sweep = sweep.isFinished ? nil : sweep
    }
}
