/// The writer's bounded queue, from many threads to one, which takes a batch at a time.
///
/// SAFETY: everything that changes is touched only under `monitor`.
final class WriteQueue<Element: Sendable>: @unchecked Sendable {
    private let monitor = Monitor()
    private var waiting: LaneQueue<Element>
    private var isClosed = false
    private var wasNudged = false
    private var isWaiting = false

    enum Refusal: Error {
        case full, closed
    }

    init(countMax: Int, bytesMax: Int) {
        waiting = LaneQueue(countMax: countMax, bytesMax: bytesMax)
    }

    func append(_ element: Element, cost: WriteCost, to lane: Lane) throws(Refusal) {
        let wakes = try monitor.locked { () throws(Refusal) in
            if isClosed { throw .closed }
            guard waiting.append(element, cost: cost, to: lane) else { throw .full }
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

    /// The next batch, from all lanes in turn. Waits for something when `waits`, until `deadline`
    /// (nanoseconds of the monotonic clock); nil when the queue is closed and empty.
    func take(workMax: Int, waits: Bool, until deadline: Int64?) -> [Element]? {
        monitor.locked {
            while waits && waiting.isEmpty && !isClosed && !wasNudged {
                if let deadline, Monitor.now() >= deadline { break }
                isWaiting = true
                monitor.wait(until: deadline)
                isWaiting = false
            }
            wasNudged = false
            if waiting.isEmpty && isClosed { return nil }
            return waiting.take(workMax: workMax)
        }
    }
}
