/// How fast passwords may be guessed: by one caller, for one user, and by everybody together.
///
/// An attempt counts as failed from the moment it is let through until its success is told, so that
/// many at once gain nothing.
///
/// What everybody may do together is shared out: a caller may have made recently as many attempts,
/// right ones too, as may still come now. One alone has all but what a newcomer needs.
public struct LoginPacing: Sendable {
    private var peers: FailureTable<UInt32>
    private var users: FailureTable<AccessName>
    /// Attempts of a second, right ones, too.
    private var recentUse: [UInt32: RecentUse] = [:]
    private let namesMax: Int
    /// Attempts that may come now; grows with time.
    private var allowance: Double
    private var allowanceTime: Duration?

    public init() {
        self.init(namesMax: AccessLimits.pacedNamesMax)
    }

    init(namesMax: Int) {
        peers = FailureTable(
            freeFailures: AccessLimits.freeFailuresPerPeer,
            delayMax: AccessLimits.peerLoginDelayMax, entriesMax: namesMax)
        users = FailureTable(
            freeFailures: AccessLimits.freeFailuresPerUser,
            delayMax: AccessLimits.userLoginDelayMax, entriesMax: namesMax)
        allowance = Double(AccessLimits.loginBurst)
        self.namesMax = namesMax
    }

    /// Callers and users that are remembered.
    var entryCount: Int { peers.count + users.count + recentUse.count }

    /// Lets an attempt of a caller for a user (who may not exist) through, before its password is
    /// looked at. `now` never goes back.
    ///
    /// Throws `.tooManyAttempts`; such an attempt does not count.
    public mutating func begin(
        peerUserID: UInt32, user: String, now: Duration
    ) throws(AccessError) {
        refill(now)
        let name = AccessName(user)
        let wait = max(peers.wait(of: peerUserID, now: now), users.wait(of: name, now: now))
        guard wait <= .zero else { throw .tooManyAttempts(retryAfter: wait) }
        guard allowance >= 1 else {
            let wait = Duration.seconds((1 - allowance) / Double(AccessLimits.loginsPerSecond))
            throw .tooManyAttempts(retryAfter: wait)
        }
        let nanoseconds = now.inNanoseconds
        var use = recentUse[peerUserID] ?? RecentUse()
        guard use.count(at: nanoseconds) < allowance else {
            let wait = use.wait(for: allowance, at: nanoseconds)
            throw .tooManyAttempts(retryAfter: .nanoseconds(max(1, Int64(wait))))
        }
        use.add(at: nanoseconds)
        note(use, of: peerUserID, at: nanoseconds)
        allowance -= 1
        peers.fail(peerUserID, now: now)
        users.fail(name, now: now)
    }

    /// The attempt's password was right. The caller's other failures stay: an account of one's own
    /// must not pay for guesses at those of others.
    public mutating func succeed(peerUserID: UInt32, user: String) {
        peers.forgive(peerUserID)
        users.clear(AccessName(user))
    }

    /// A use that has faded is as good as none.
    private mutating func note(_ use: RecentUse, of peerUserID: UInt32, at now: Double) {
        if recentUse.count >= namesMax {
            recentUse = recentUse.filter { $0.value.count(at: now) >= Self.fadedUse }
        }
        if recentUse.count < namesMax { recentUse[peerUserID] = use }
    }

    private static let fadedUse = 0.01

    /// What was let through did not come about: nothing was tried.
    public mutating func takeBack(peerUserID: UInt32, user: String) {
        allowance += 1
        peers.forgive(peerUserID)
        users.forgive(AccessName(user))
    }

    private mutating func refill(_ now: Duration) {
        let passed = max(.zero, now - (allowanceTime ?? now))
        allowanceTime = now
        let seconds = passed / Duration.seconds(1)
        allowance = min(
            Double(AccessLimits.loginBurst),
            allowance + seconds * Double(AccessLimits.loginsPerSecond))
    }
}
