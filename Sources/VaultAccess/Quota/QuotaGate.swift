import Synchronization

/// The quotas of a server, for all its threads at once.
///
/// Where the configuration limits nothing, every call is one branch. Where it does, a call holds a
/// lock for one or two hundred nanoseconds, and allocates nothing for a caller who is known.
public final class QuotaGate: Sendable {
    private struct State {
        var share: FairShare
        var counters: QuotaCounters
    }

    /// The rules.
    public let book: QuotaBook
    private let limitsRates: Bool
    private let limitedUses: Set<QuotaUse>
    private let limitsRequestCount: Bool
    private let state: Mutex<State>

    /// By the rules of `book`, for as long as the gate is there.
    public init(_ book: QuotaBook) {
        self.book = book
        limitsRates = book.limitsRates
        limitedUses = Set(QuotaUse.allCases.filter(book.limits))
        limitsRequestCount = limitedUses.contains(.request)
        state = Mutex(State(share: FairShare(book), counters: QuotaCounters(book)))
    }

    /// Some requests may be refused.
    public var limitsRequests: Bool { limitsRates || limitsRequestCount }

    /// Whether a request may begin. When it may, call `endRequest` once it is answered; when not,
    /// nothing was counted.
    ///
    /// - Parameter now: by a monotonic clock; not read where nothing is limited.
    public func beginRequest(
        by owner: QuotaOwner, now: @autoclosure () -> Duration
    ) -> QuotaDecision {
        guard limitsRates || limitsRequestCount else { return .admit }
        let now = now()
        return state.withLock { state in
            if limitsRequestCount, let refusal = state.counters.begin(.request, by: owner) {
                return .refuse(refusal)
            }
            guard limitsRates else { return .admit }
            let decision = state.share.admit(owner, now: now)
            if limitsRequestCount, decision != .admit { state.counters.end(.request, by: owner) }
            return decision
        }
    }

    /// Counts what is never refused for its number, or was refused for another reason: it uses up a
    /// request of the owner's, where there is one. False when there was none.
    ///
    /// - Parameter now: as for `beginRequest`.
    public func count(
        by owner: @autoclosure () -> QuotaOwner, now: @autoclosure () -> Duration
    ) -> Bool {
        guard limitsRates else { return true }
        let (owner, now) = (owner(), now())
        return state.withLock { $0.share.admit(owner, now: now) } == .admit
    }

    /// A request that was admitted is answered, or its caller has gone.
    public func endRequest(by owner: QuotaOwner) {
        guard limitsRequestCount else { return }
        state.withLock { $0.counters.end(.request, by: owner) }
    }

    /// Some may be refused for how many there are at once.
    public func limits(_ use: QuotaUse) -> Bool { limitedUses.contains(use) }

    /// A connection or a watch begins: nil when it may. When it may not, nothing was counted.
    public func begin(_ use: QuotaUse, by owner: QuotaOwner) -> QuotaRefusal? {
        guard limitedUses.contains(use) else { return nil }
        return state.withLock { $0.counters.begin(use, by: owner) }
    }

    /// What `begin` let begin has ended; by the same owner, whatever it has become since.
    public func end(_ use: QuotaUse, by owner: QuotaOwner) {
        guard limitedUses.contains(use) else { return }
        state.withLock { $0.counters.end(use, by: owner) }
    }
}
