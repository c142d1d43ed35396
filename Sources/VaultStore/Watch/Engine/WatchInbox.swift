import Synchronization

/// What the watch thread has not seen yet: commits of the writer, and what clients ask.
///
/// Commits are kept up to a bound; beyond it only the fact that there were some is.
///
/// SAFETY: `waiting` and `isWaiting` are touched only under `monitor`.
final class WatchInbox: @unchecked Sendable {
    enum Message {
        case opened(WatchStream)
        case asked(WatchStream, Request)
        case resumed(WatchStream)
        case closed(WatchStream)
    }

    enum Request {
        case create(WatchRequest)
        case refuse(WatchRefusal)
        case cancel(Int64)
        case progress
    }

    struct Contents {
        var messages: [Message] = []
        var changes: [WatchChange] = []
        var changeBytes = 0
        /// Commits up to `published` are missing in `changes`.
        var hasGap = false
        /// The newest revision that was committed.
        var published: Int64
        var isStopped = false

        var isEmpty: Bool { messages.isEmpty && changes.isEmpty && !hasGap && !isStopped }
    }

    private let monitor = Monitor()
    private var waiting: Contents
    private var isWaiting = false
    private var openStreams = 0
    private let hasStreams = Atomic<Bool>(false)

    init(published: Int64) {
        waiting = Contents(published: published)
    }

    /// Somebody may watch: commits should bring their changes.
    var wantsChanges: Bool { hasStreams.load(ordering: .relaxed) }

    /// A commit is durable and visible. `changes` is nil when it kept no record of its changes.
    func post(_ changes: [WatchChange]?, upTo revision: Int64) {
        let wakes = monitor.locked {
            guard revision > waiting.published else { return false }
            waiting.published = revision
            guard openStreams > 0 else { return false }
            if !waiting.hasGap { keep(changes) }
            return isWaiting
        }
        if wakes { monitor.signal() }
    }

    private func keep(_ changes: [WatchChange]?) {
        if let changes {
            waiting.changeBytes += changes.reduce(0) { $0 + $1.byteCount }
            let isTooMuch =
                waiting.changeBytes > Limits.watchBacklogBytesMax
                || waiting.changes.count + changes.count > Limits.watchBacklogChangesMax
            // One commit alone is kept however large it is: it is in memory already.
            if !isTooMuch || waiting.changes.isEmpty {
                waiting.changes.append(contentsOf: changes)
                return
            }
        }
        waiting.hasGap = true
        waiting.changes = []
        waiting.changeBytes = 0
    }

    /// False when the thread was stopped.
    @discardableResult
    func send(_ message: Message) -> Bool {
        let (isTaken, wakes) = monitor.locked {
            guard !waiting.isStopped else { return (false, false) }
            switch message {
            case .opened: openStreams += 1
            case .closed: openStreams -= 1
            case .asked, .resumed: break
            }
            hasStreams.store(openStreams > 0, ordering: .relaxed)
            waiting.messages.append(message)
            return (true, isWaiting)
        }
        if wakes { monitor.signal() }
        return isTaken
    }

    func stop() {
        monitor.locked {
            waiting.isStopped = true
            monitor.signal()
        }
    }

    /// Everything there is. Waits for something until `deadline` (nanoseconds of the monotonic
    /// clock) when `waits`.
    func take(waits: Bool, until deadline: Int64) -> Contents {
        monitor.locked {
            while waits && waiting.isEmpty && Monitor.now() < deadline {
                isWaiting = true
                monitor.wait(until: deadline)
                isWaiting = false
            }
            var taken = Contents(published: waiting.published)
            taken.isStopped = waiting.isStopped
            swap(&taken, &waiting)
            return taken
        }
    }
}
