import Synchronization

/// The leases that are durable, and the keys on them: changed by the writer as it publishes a
/// commit, read and renewed from any thread.
final class LeaseRegistry: Sendable {
    private struct State {
        var queue = LeaseQueue()
        var attachments = LeaseAttachments()
    }

    private let state: Mutex<State>
    private let clock: MonotonicClock

    /// Every lease has its whole time from now on: never less than was promised when it was
    /// granted or last renewed, whatever the time since.
    init(
        ttls: [LeaseID: Duration], attachments: LeaseAttachments, clock: MonotonicClock
    ) {
        var initial = State()
        let now = clock.now()
        for (id, ttl) in ttls { initial.queue.add(id, ttl: ttl, at: now) }
        initial.attachments = attachments
        state = Mutex(initial)
        self.clock = clock
    }

    // MARK: - From any thread

    /// Gives a lease its whole time again; nil when it is over.
    func renew(_ id: LeaseID) -> Duration? {
        state.withLock { $0.queue.renew(id, at: clock.now()) }
    }

    func timeToLive(of id: LeaseID, wantsKeys: Bool) -> LeaseTimeToLive? {
        let found = state.withLock { state -> (LeaseTimeToLive, SortedKeys)? in
            guard let granted = state.queue.grantedTTL(of: id),
                let remaining = state.queue.remaining(of: id, at: clock.now())
            else { return nil }
            let keys = state.attachments.keys(of: id)
            let glance = LeaseTimeToLive(
                granted: granted, remaining: remaining, keyCount: keys.count)
            return (glance, wantsKeys ? keys : SortedKeys())
        }
        guard let (glance, keys) = found else { return nil }
        var answer = glance
        // Outside the lock: there may be many.
        answer.keys = keys.all
        return answer
    }

    func keys(of id: LeaseID) -> SortedKeys { state.withLock { $0.attachments.keys(of: id) } }

    /// Those that are over first come first, as in etcd.
    var ids: [LeaseID] {
        state.withLock { $0.queue.deadlines }
            .sorted { ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue) }
            .map(\.key)
    }

    // MARK: - For the writer

    var count: Int { state.withLock { $0.queue.count } }
    var hasKeys: Bool { state.withLock { !$0.attachments.isEmpty } }

    /// Gives every lease its whole time from now on, as at a start.
    func restart() {
        state.withLock { state in
            let now = clock.now()
            var queue = LeaseQueue()
            for id in state.queue.deadlines.keys {
                if let ttl = state.queue.grantedTTL(of: id) { queue.add(id, ttl: ttl, at: now) }
            }
            state.queue = queue
        }
    }

    func contains(_ id: LeaseID) -> Bool { state.withLock { $0.queue.contains(id) } }

    func lease(of key: Bytes) -> LeaseID { state.withLock { $0.attachments.lease(of: key) } }

    /// What a commit changed is durable. A new lease's time begins now.
    func publish(_ changes: LeaseChanges) {
        guard !changes.isEmpty else { return }
        state.withLock { state in
            let now = clock.now()
            for id in changes.revoked { state.queue.remove(id) }
            for (id, ttl) in changes.granted { state.queue.add(id, ttl: ttl, at: now) }
            for (key, lease) in changes.attached { state.attachments.attach(key, to: lease) }
        }
    }

    /// How long until a lease may be over; nil when there are none.
    var timeUntilNext: Duration? {
        state.withLock { state in state.queue.nextTime.map { $0 - clock.now() } }
    }

    /// As many leases whose time is up as may end in one commit; each is handed out once, unless
    /// put back. One with more keys than that is handed out alone, and only when `takesLargeOne`.
    func takeExpired(takesLargeOne: Bool) -> [LeaseID] {
        state.withLock { state in
            var keysLeft = Limits.expiredKeysMax
            var isFirst = true
            let attachments = state.attachments
            return state.queue.takeExpired(
                at: clock.now(), countMax: Limits.leaseExpiriesMax
            ) { id in
                let count = attachments.keyCount(of: id)
                guard count <= keysLeft || (isFirst && takesLargeOne) else { return false }
                isFirst = false
                keysLeft -= min(count, keysLeft)
                return true
            }
        }
    }

    /// Their end could not be written; they are tried again after a pause.
    func putBack(_ ids: [LeaseID]) {
        guard !ids.isEmpty else { return }
        state.withLock { $0.queue.putBack(ids, until: clock.now() + Limits.leaseRetryPause) }
    }
}
