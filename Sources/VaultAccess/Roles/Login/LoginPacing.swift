/// How fast passwords may be guessed: by one caller, for one user, and by everybody together.
///
/// An attempt counts as failed from the moment it is let through until its success is told, so that
/// many at once gain nothing.
public struct LoginPacing: Sendable {
    private var peers: FailureTable<UInt32>
    private var users: FailureTable<AccessName>
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
    }

    /// Callers and users that are remembered.
    var entryCount: Int { peers.count + users.count }

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

    private mutating func refill(_ now: Duration) {
        let passed = max(.zero, now - (allowanceTime ?? now))
        allowanceTime = now
        let seconds = passed / Duration.seconds(1)
        allowance = min(
            Double(AccessLimits.loginBurst),
            allowance + seconds * Double(AccessLimits.loginsPerSecond))
    }
}
