import Synchronization

/// The one thread on which everything about watching happens: it shows commits and requests to the
/// hub, does what the hub wants, and reads the log for those who are behind.
///
/// SAFETY: `thread` is set by `start` and cleared by `stop`, both called by the store's owner;
/// everything else mutable belongs to the thread.
final class WatchEngine: @unchecked Sendable {
    let inbox: WatchInbox
    /// Watchers that are open, as of the thread's last turn.
    let watcherCount = Atomic(0)
    private let progressInterval: Int64
    private let clock: StoreClock
    private let whenFailed: (@Sendable (StoreError) -> Void)?
    private var hub: WatchHub
    private var reader: WatchLogReader
    /// By the hub's number of the stream.
    private var ends: [End?] = []
    /// Those that were told something and may hold it back.
    private var told: [End] = []
    private var handles: [ObjectIdentifier: Int] = [:]
    private var nextTick: Int64
    private var thread: StoreThread?

    /// A stream that is open, and what its client asked while it did not read.
    private final class End {
        let stream: WatchStream
        let receiver: any WatchReceiver
        var held: [WatchInbox.Request] = []
        var isTold = false

        init(_ stream: WatchStream) {
            self.stream = stream
            receiver = stream.receiver
        }
    }

    init(
        log: RecordLog, index: SharedIndex, clock: StoreClock, configuration: StoreConfiguration
    ) {
        let (seconds, attoseconds) = configuration.watchProgressInterval.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        self.progressInterval = max(1_000_000, nanoseconds)
        self.clock = clock
        whenFailed = configuration.whenFailed
        let published = clock.published.rawValue
        inbox = WatchInbox(published: published)
        let past = WatchPast(log: log, index: index, clock: clock)
        hub = WatchHub(cursor: published, gaps: clock.gaps) { past.find(for: $0) }
        reader = WatchLogReader(log: log, index: index, clock: clock)
        nextTick = Monitor.now() + self.progressInterval
    }

    func start() {
        thread = StoreThread(name: "store-watch") { [self] in run() }
    }

    /// Tells what was committed, then that it is over, and ends the thread.
    func stop() {
        inbox.stop()
        thread?.join()
        thread = nil
    }

    private func run() {
        while true {
            let contents = inbox.take(waits: !hub.hasReadings, until: nextTick)
            hub.forgetRoom()
            show(contents)
            for message in contents.messages { handle(message) }
            watcherCount.store(hub.watcherCount, ordering: .relaxed)
            if contents.isStopped { break }
            readOnce()
            tick()
        }
        for case let end? in ends { end.receiver.closed() }
        ends = []
    }

    private func show(_ contents: WatchInbox.Contents) {
        if contents.hasGap {
            hub.missed(upTo: contents.published)
        } else if contents.published > hub.cursor {
            hub.changed(contents.changes, upTo: contents.published, room: room)
        }
        act()
    }

    private func room(of handle: Int) -> Int {
        end(handle)?.receiver.room ?? 0
    }

    private var room: WatchHub.Room { { [self] in room(of: $0) } }

    private func end(_ handle: Int) -> End? {
        handle < ends.count ? ends[handle] : nil
    }

    // MARK: - Requests

    private func handle(_ message: WatchInbox.Message) {
        switch message {
        case .opened(let stream):
            let handle = hub.addStream()
            while ends.count <= handle { ends.append(nil) }
            ends[handle] = End(stream)
            handles[ObjectIdentifier(stream)] = handle
        case .asked(let stream, let request):
            guard let handle = handles[ObjectIdentifier(stream)], let end = end(handle) else {
                return
            }
            // Who does not read is not answered either: answers would pile up.
            if end.held.isEmpty, end.receiver.room > 0 {
                answer(request, handle, stream)
            } else {
                end.held.append(request)
            }
        case .resumed(let stream):
            guard let handle = handles[ObjectIdentifier(stream)] else { return }
            answerHeld(handle)
            hub.resume(handle)
        case .closed(let stream):
            guard let handle = handles.removeValue(forKey: ObjectIdentifier(stream)) else { return }
            ends[handle] = nil
            hub.removeStream(handle)
        }
    }

    private func answerHeld(_ handle: Int) {
        while let end = end(handle), !end.held.isEmpty, end.receiver.room > 0 {
            answer(end.held.removeFirst(), handle, end.stream)
        }
    }

    private func answer(_ request: WatchInbox.Request, _ handle: Int, _ stream: WatchStream) {
        switch request {
        case .create(let request): hub.create(request, on: handle)
        case .refuse(let refusal):
            act([.refused(stream: handle, refusal, revision: hub.cursor)])
        case .cancel(let watchID): hub.cancel(watchID, on: handle)
        case .progress: hub.requestProgress(on: handle)
        }
        act()
        if stream.handledOne() { stream.receiver.caughtUpWithRequests() }
    }

    // MARK: - Actions

    private func act() {
        act(hub.takeActions())
    }

    private func act(_ actions: [WatchAction]) {
        guard !actions.isEmpty else { return }
        for action in actions { act(action) }
        for end in told {
            end.isTold = false
            end.receiver.flush()
        }
        told.removeAll(keepingCapacity: true)
    }

    private func act(_ action: WatchAction) {
        switch action {
        case .created(let stream, let watchID, let revision):
            receiver(stream)?.created(watchID, revision: Revision(revision))
        case .refused(let stream, let refusal, let revision):
            receiver(stream)?.refused(refusal, revision: Revision(revision))
        case .deliver(let stream, let delivery):
            receiver(stream)?.deliver(delivery)
        case .cancelled(let stream, let watchID, let compactRevision):
            receiver(stream)?.cancelled(
                watchID, revision: compactRevision == nil ? Revision(hub.cursor) : .none,
                compactRevision: compactRevision.map { Revision($0) })
        case .progressed(let stream, let watchID, let revision):
            receiver(stream)?.progressed(watchID, revision: Revision(revision))
        }
    }

    private func receiver(_ handle: Int) -> (any WatchReceiver)? {
        guard let end = end(handle) else { return nil }
        if !end.isTold {
            end.isTold = true
            told.append(end)
        }
        return end.receiver
    }

    // MARK: - The log

    /// Reads a little for the group whose turn it is.
    private func readOnce() {
        defer { act() }
        guard let reading = hub.nextReading(compacted: clock.compacted.rawValue) else { return }
        do throws(StoreError) {
            let readings = [reading] + hub.companions(of: reading)
            guard
                let slice = try reader.read(
                    readings, upTo: hub.cursor, waiting: hub.readingCount)
            else {
                return hub.putBack(reading)
            }
            for (reading, events) in zip(readings, slice.events) {
                hub.caughtUp(reading, events, upTo: slice.upTo, room: room)
            }
        } catch .destroyedMeanwhile {
            hub.putBack(reading)
        } catch {
            // What a watcher needs cannot be had, and to pass over it would be to lie. The owner
            // hears of it; the next turn tells everybody that it is over, also those who came now.
            whenFailed?(error)
            inbox.stop()
        }
    }

    private func tick() {
        let now = Monitor.now()
        guard now >= nextTick else { return }
        nextTick = now + progressInterval
        hub.tick()
        act()
    }
}
