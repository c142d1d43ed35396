import RPC
import VaultAccess

/// The other end of one connection, and what it may do by the rules in force.
///
/// SAFETY (@unchecked Sendable): the cached rights are read and written on the connection's event
/// loop only; `peer` is immutable.
final class PeerSession: PeerIdentification, @unchecked Sendable {
    let peer: Peer
    private let whenGone: @Sendable () -> Void
    private var version: UInt64 = 0
    private var unit: String?
    private var rights: Rights?

    /// `whenGone` runs when the connection is no more.
    init(peer: Peer, whenGone: @escaping @Sendable () -> Void) {
        self.peer = peer
        self.whenGone = whenGone
    }

    deinit { whenGone() }

    /// Rights without a token. The unit is asked for again where a rule names one.
    func identity(by access: AccessControl) -> CallerIdentity {
        let version = access.version
        let unit = access.isUnitRelevant ? peer.unit(now: SteadyClock.now()) : nil
        if let rights, version == self.version, unit == self.unit {
            return CallerIdentity(peer: peer.identity, unit: unit, account: nil, rights: rights)
        }
        // The version is from before the rights: they may be newer than it says, never older.
        let rights = access.rights(of: .peer(peer.identity, unit: unit))
        self.version = version
        self.unit = unit
        self.rights = rights
        return CallerIdentity(peer: peer.identity, unit: unit, account: nil, rights: rights)
    }
}
