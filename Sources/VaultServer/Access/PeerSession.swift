import RPC
import Sodium
import VaultAccess

/// The other end of one connection, and what it may do by the rules in force.
///
/// SAFETY (@unchecked Sendable): what is remembered is read and written on the connection's event
/// loop only; `peer` is immutable.
final class PeerSession: PeerIdentification, @unchecked Sendable {
    /// A token that was good a moment ago, by a keyed hash: tokens are kept nowhere.
    private struct Login {
        var token: TokenDigest
        var version: UInt64
        var checkedAt: Duration
        var identity: CallerIdentity
    }

    let peer: Peer
    let loopSet: Int
    private let whenGone: @Sendable () -> Void
    private var version: UInt64 = 0
    private var identity: CallerIdentity?
    /// What it was made from.
    private var answer: UnitAnswer?
    private var login: Login?

    /// `whenGone` runs when the connection is no more.
    init(peer: Peer, loopSet: Int = 0, whenGone: @escaping @Sendable () -> Void) {
        self.peer = peer
        self.loopSet = loopSet
        self.whenGone = whenGone
    }

    deinit { whenGone() }

    /// Rights without a token. The unit is asked for again where a rule names one.
    func identity(by access: AccessControl) -> CallerIdentity {
        let version = access.version
        let answer = access.isUnitRelevant ? peer.unitAnswer(now: SteadyClock.now()) : nil
        if let identity, version == self.version, answer === self.answer { return identity }
        let unit = answer?.unit
        // The version is from before the rights: they may be newer than it says, never older.
        let rights = access.rights(of: .peer(peer.identity, unit: unit))
        let identity = CallerIdentity(
            peer: peer.identity, unit: unit, account: nil, rights: rights)
        self.version = version
        self.identity = identity
        self.answer = answer
        return identity
    }

    /// Whoever this token was found to be of less than `Limits.tokenAnswerAgeMax` ago, by the same
    /// rules: a token that ends by itself lives as much longer. A password or a user that is
    /// changed makes other rules.
    func recentLogin(_ token: TokenDigest, version: UInt64, now: Duration) -> CallerIdentity? {
        guard let login, login.version == version, login.token == token,
            login.checkedAt <= now, now - login.checkedAt < Limits.tokenAnswerAgeMax
        else { return nil }
        return login.identity
    }

    func remember(
        _ token: TokenDigest, _ identity: CallerIdentity, version: UInt64, now: Duration
    ) {
        login = Login(token: token, version: version, checkedAt: now, identity: identity)
    }
}
