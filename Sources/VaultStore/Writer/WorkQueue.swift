/// A bounded queue from many threads to one, over what keeps the elements while they wait.
///
/// SAFETY: `waiting`, `isClosed`, `wasNudged` and `isWaiting` are touched only under `monitor`.
final class WorkQueue<Waiting: Backlog>: @unchecked Sendable {
    private let monitor = Monitor()
    private var waiting: Waiting
    private var isClosed = false
    private var wasNudged = false
    private var isWaiting = false

    init(_ waiting: Waiting) {
        self.waiting = waiting
    }

    /// `add` is given what waits and adds to it, or returns false when there is no room.
    func append(_ add: (inout Waiting) -> Bool) throws(QueueRefusal) {
        let wakes = try monitor.locked { () throws(QueueRefusal) in
            if isClosed { throw .closed }
            guard add(&waiting) else { throw .full }
            return isWaiting
        }
        // After the lock is free: whoever wakes would only wait for it.
        if wakes { monitor.signal() }
    }

    /// Makes a waiting `take` return, if only with nothing.
    func nudge() {
        monitor.locked {
            wasNudged = true
            monitor.signal()
        }
    }

    /// After this nothing is accepted; what is queued is still handed out.
    func close() {
        monitor.locked {
            isClosed = true
            monitor.signal()
        }
    }

    /// What `next` takes of that which waits. Waits for something when `waits`, until `deadline`
    /// (nanoseconds of the monotonic clock); nil when the queue is closed and empty.
    func take<Taken>(
        waits: Bool, until deadline: Int64?, _ next: (inout Waiting) -> Taken
    ) -> Taken? {
        monitor.locked {
            while waits && waiting.isEmpty && !isClosed && !wasNudged {
                if let deadline, Monitor.now() >= deadline { break }
                isWaiting = true
                monitor.wait(until: deadline)
                isWaiting = false
            }
            wasNudged = false
            if waiting.isEmpty && isClosed { return nil }
            return next(&waiting)
        }
    }
}
