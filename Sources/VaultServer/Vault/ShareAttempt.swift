import VaultSeal

/// The shares that have come since the vault was sealed. They are forgotten when nobody brings
/// another one for a while; no clock in here.
struct ShareAttempt: ~Copyable {
    private var collector = ShareCollector()
    private var notAfter: ContinuousClock.Instant?

    /// The set whose shares came, and how many.
    var progress: (set: ShareSet, given: Int)? { collector.progress }

    /// Takes a share of one of the vault's own `sets`. Returns what they give together when it is
    /// the last one, and has forgotten them all then. A share that is refused changes nothing.
    mutating func add(
        _ share: consuming Share, of sets: [ShareSet], now: ContinuousClock.Instant
    ) throws(VaultError) -> Credential? {
        expire(now: now)
        // Otherwise a share of a foreign set, given first, would keep the vault's own away.
        guard sets.contains(share.set) else { throw .foreignShare(set: share.set.id) }
        do throws(ShareError) {
            let credential = try collector.add(share)
            notAfter = now + Limits.sharesKeptFor
            return credential
        } catch { throw .share(error) }
    }

    /// Wipes the shares that were left alone for too long; true when there were such.
    @discardableResult
    mutating func expire(now: ContinuousClock.Instant) -> Bool {
        guard let notAfter, now >= notAfter else { return false }
        let isLate = collector.progress != nil
        forget()
        return isLate
    }

    /// Wipes the shares.
    mutating func forget() {
        collector.forget()
        notAfter = nil
    }
}
