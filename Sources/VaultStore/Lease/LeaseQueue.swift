/// Which leases there are, and whose time is up. No clock inside: the caller says what time it is.
///
///     add a (10 s) at 0, b (5 s) at 1, renew a at 4  ->  heap: 6 b, 10 a   deadlines: b 6, a 14
///     at 10: b is taken; a is found to last until 14 and goes back with that
///
/// A renewal only moves the deadline: the heap learns of it when the old one comes up, so that
/// renewing costs one look-up whatever the number of leases.
struct LeaseQueue {
    private struct Lease {
        let ttl: Duration
        var deadline: Duration
        /// Its time was up. From then on it can only end.
        var isExpiring = false
        /// Of its one entry in the heap: an entry with another number means nothing.
        let ticket: UInt64
    }

    private struct Entry {
        var time: Duration
        var id: LeaseID
        var ticket: UInt64

        /// What was over first comes first; by number where that is the same.
        static func < (left: Entry, right: Entry) -> Bool {
            (left.time, left.id.rawValue) < (right.time, right.id.rawValue)
        }
    }

    private var leases: [LeaseID: Lease] = [:]
    private var heap: [Entry] = []
    private var ticketsGiven: UInt64 = 0

    var count: Int { leases.count }
    /// Of the heap, for tests: entries of leases that are gone are among them.
    var entryCount: Int { heap.count }
    var deadlines: [LeaseID: Duration] { leases.mapValues(\.deadline) }

    func contains(_ id: LeaseID) -> Bool { leases[id] != nil }

    func grantedTTL(of id: LeaseID) -> Duration? { leases[id]?.ttl }

    /// What is left; zero for a lease that is about to end.
    func remaining(of id: LeaseID, at now: Duration) -> Duration? {
        guard let lease = leases[id] else { return nil }
        return lease.isExpiring ? .zero : max(.zero, lease.deadline - now)
    }

    mutating func add(_ id: LeaseID, ttl: Duration, at now: Duration) {
        ticketsGiven += 1
        leases[id] = Lease(ttl: ttl, deadline: now + ttl, ticket: ticketsGiven)
        push(Entry(time: now + ttl, id: id, ticket: ticketsGiven))
    }

    mutating func remove(_ id: LeaseID) {
        leases[id] = nil
        // Entries of removed leases may be due in a hundred years.
        guard heap.count > 2 * leases.count + Self.staleEntriesMax else { return }
        let entries = heap.filter { leases[$0.id]?.ticket == $0.ticket }
        heap = []
        for entry in entries { push(entry) }
    }

    private static let staleEntriesMax = 64

    /// Gives a lease its whole time again and returns it; nil when there is no such lease, or its
    /// time was up, even if it was not taken yet.
    mutating func renew(_ id: LeaseID, at now: Duration) -> Duration? {
        guard let lease = leases[id], !lease.isExpiring, lease.deadline > now else { return nil }
        leases[id]?.deadline = now + lease.ttl
        return lease.ttl
    }

    /// When to look next; earlier than need be where a lease was renewed.
    var nextTime: Duration? { heap.first?.time }

    /// Up to `countMax` leases whose time is up, until one is not admitted. Each is handed out
    /// once, unless put back.
    mutating func takeExpired(
        at now: Duration, countMax: Int, admits: (LeaseID) -> Bool = { _ in true }
    ) -> [LeaseID] {
        var taken: [LeaseID] = []
        // Those renewed cost little, but there may be many, and the lock is held meanwhile.
        var looksLeft = 16 * countMax
        while taken.count < countMax, looksLeft > 0, let first = heap.first, first.time <= now {
            looksLeft -= 1
            guard let place = leases.index(forKey: first.id),
                leases.values[place].ticket == first.ticket
            else {
                removeFirst()
                continue
            }
            let lease = leases.values[place]
            if !lease.isExpiring && lease.deadline > first.time {
                removeFirst()
                push(Entry(time: lease.deadline, id: first.id, ticket: first.ticket))
                continue
            }
            guard admits(first.id) else { break }
            removeFirst()
            leases.values[place].isExpiring = true
            taken.append(first.id)
        }
        return taken
    }

    /// They could not be ended; they are handed out again from `time` on.
    mutating func putBack(_ ids: [LeaseID], until time: Duration) {
        for id in ids {
            guard let lease = leases[id] else { continue }
            leases[id]?.deadline = time
            push(Entry(time: time, id: id, ticket: lease.ticket))
        }
    }

    // MARK: - The heap

    private mutating func push(_ entry: Entry) {
        heap.append(entry)
        var index = heap.count - 1
        while index > 0, heap[index] < heap[(index - 1) / 2] {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        // Smaller children move up until the last entry fits.
        var index = 0
        while true {
            var child = 2 * index + 1
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            guard child < heap.count, heap[child] < last else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = last
    }
}
