/// A bounded queue from many threads to one, which takes all that waits at once.
///
/// SAFETY: `elements`, `isClosed`, `wasNudged` and `isWaiting` are touched only under `monitor`.
final class WorkQueue<Element: Sendable>: @unchecked Sendable {
    private let monitor = Monitor()
    private let capacity: Int
    private var elements: [Element] = []
    private var isClosed = false
    private var wasNudged = false
    private var isWaiting = false

    enum Refusal: Error {
        case full, closed
    }

    init(capacity: Int) {
        self.capacity = capacity
    }

    func append(_ element: Element) throws(Refusal) {
        let wakes = try monitor.locked { () throws(Refusal) in
            if isClosed { throw .closed }
            if elements.count >= capacity { throw .full }
            elements.append(element)
            return isWaiting
        }
        // After the lock is free: whoever wakes would only wait for it.
        if wakes { monitor.signal() }
    }

    /// Makes a waiting `takeAll` return, if only with nothing.
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

    /// Everything queued, in order. Waits for something when `waits`, until `deadline`
    /// (nanoseconds of the monotonic clock); nil when the queue is closed and empty.
    func takeAll(waits: Bool, until deadline: Int64?) -> [Element]? {
        monitor.locked {
            while waits && elements.isEmpty && !isClosed && !wasNudged {
                if let deadline, Monitor.now() >= deadline { break }
                isWaiting = true
                monitor.wait(until: deadline)
                isWaiting = false
            }
            wasNudged = false
            if elements.isEmpty && isClosed { return nil }
            var taken: [Element] = []
            taken.reserveCapacity(elements.count)
            swap(&taken, &elements)
            return taken
        }
    }
}
