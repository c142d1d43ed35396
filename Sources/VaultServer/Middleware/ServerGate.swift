import RPC
import VaultAPI
import VaultAccess
import VaultStore

/// Everything that stands between a caller and a service: who it is, whether its call may go on,
/// its share of the server, and the audit log. Audit wraps authorization: what is refused is
/// written down too.
final class ServerGate: Gatekeeper {
    let vault: Vault
    let access: AccessControl
    let trail: AuditTrail
    let quotas: QuotaGate
    let quotaBook: QuotaBook
    private let namesUnits: Bool
    /// Each has a set of event loops of its own, in this order.
    private let classes: [QuotaClass]
    private let requirements: [String: Requirement]
    private let methods: AuditMethods
    let counters: CallCounters

    init(vault: Vault, quotaBook: QuotaBook = .unlimited) {
        self.vault = vault
        access = vault.access
        trail = vault.trail
        self.quotaBook = quotaBook
        quotas = QuotaGate(quotaBook)
        namesUnits = quotaBook.namesUnits
        classes = QuotaClass.inUse(by: quotaBook.rules)
        requirements = Dictionary(
            uniqueKeysWithValues: Permissions.table.map { ($0.key.path, $0.value) })
        methods = AuditMethods(
            paths: Permissions.table.keys.map(\.path) + Permissions.plain.keys)
        counters = CallCounters(methods)
    }

    func identify(
        socket: Int32, credentials: PeerCredentials
    ) -> (any PeerIdentification)? {
        guard let peer = Peer(socket: socket) else { return nil }
        // Whoever could stop the daemon is not to be kept from saving it.
        if peer.identity.isOwner(daemonUserID: access.daemonUserID) {
            return PeerSession(peer: peer) {}
        }
        let unit = namesUnits ? peer.unit(now: SteadyClock.now()) : nil
        let owner = quotaBook.owner(of: .peer(peer.identity, unit: unit))
        guard quotas.begin(.connection, by: owner) == nil else { return nil }
        let loopSet = classes.firstIndex(of: quotaBook.quotaClass(of: owner))
        return PeerSession(peer: peer, loopSet: loopSet ?? 0) { [quotas] in
            quotas.end(.connection, by: owner)
        }
    }

    func keepsPlace(for credentials: PeerCredentials) -> Bool {
        PeerIdentity(
            processID: credentials.processID, userID: credentials.userID,
            groupID: credentials.groupID
        ).isOwner(daemonUserID: access.daemonUserID)
    }

    func makeJournal() -> (any CallJournal)? {
        LoopJournal(
            trail: trail, access: access, quotas: quotas, methods: methods,
            counter: counters.makeCounter())
    }

    /// Before a byte of the request is read. What needs the request's keys is decided again, with
    /// them.
    func admit(path: @autoclosure () -> String, mark: Int, caller: Caller) -> Verdict {
        let identity: CallerIdentity
        do throws(AccessError) {
            identity = try access.identity(of: caller)
        } catch {
            return .refused(StatusTable.status(of: error))
        }
        let requirement = Requirement(rawValue: mark) ?? .administrator
        if let refusal = refusal(requirement, identity) { return .refused(refusal) }
        guard trail.acceptsEverybody || identity.rights.isAdministrator else {
            return .refused(trail.refusal)
        }
        return .admitted(identity)
    }

    /// nil when it may.
    func refusal(_ requirement: Requirement, _ identity: CallerIdentity) -> Status? {
        if identity.rights.isAdministrator { return nil }
        switch requirement {
        case .anyone: return nil
        case .administrator: return StatusTable.permissionDenied
        case .backup:
            return identity.rights.roles.contains(Self.backupRole) ? nil : sealedRefusal
        case .monitor:
            return identity.rights.roles.contains(Self.monitorRole) ? nil : sealedRefusal
        case .member, .readKeys, .writeKeys:
            return identity.rights.isKnown ? nil : sealedRefusal
        }
    }

    /// May make archives of everything, which it cannot open.
    static let backupRole = "backup"
    /// May read numbers about the vault.
    static let monitorRole = "monitor"

    /// Nobody is known to a sealed vault; apps shall wait, and not give up.
    private var sealedRefusal: Status {
        do throws(VaultError) { _ = try vault.open() } catch {
            return StatusTable.status(of: error)
        }
        return StatusTable.permissionDenied
    }

    /// The handler of a call, within the gate. Anew for each event loop.
    func guarded(_ route: Route) -> Route {
        if BuildKind.isWithoutAccess { return unguarded(route) }
        // The others write their requests down one by one.
        let isOfOneRequest = Self.streamsOfOneRequest.contains(route.path)
        return guardingUnary(route).wrappingStream { call, open in
            guard isOfOneRequest || self.quotas.limitsRequests else { return open(call) }
            guard let identity = self.identity(of: call), self.mayOpen(call, by: identity),
                !isOfOneRequest || self.record(call, by: identity)
            else { return IgnoringHandler() }
            return open(call)
        }
        .marked((requirements[route.path] ?? .administrator).rawValue)
    }

    /// The handler by itself, for a build without a gate: whoever calls is an administrator.
    private func unguarded(_ route: Route) -> Route {
        let everybody = everybody
        let method = methods[route.path].copy()
        return route.wrappingUnary { call, message, handler in
            if call.note == nil { call.note = CallRecord(everybody, method: method) }
            return handler(call, message)
        }
    }

    private var everybody: CallerIdentity {
        let root = PeerIdentity(processID: 1, userID: 0, groupID: 0)
        return CallerIdentity(
            peer: root, unit: nil, account: nil,
            rights: access.rights(of: .peer(root, unit: nil)))
    }

    private static let streamsOfOneRequest: Set<String> = [
        Methods.Maintenance.snapshot.path, Methods.Backup.create.path, Methods.Health.watch.path,
        Methods.KeyRotation.rewrap.path, Methods.Integrity.verify.path,
        Methods.Reflection.serverReflectionInfo.path,
        Methods.ReflectionAlpha.serverReflectionInfo.path,
    ]

    // MARK: - Streams

    /// Who makes the call, now; nil when it was ended because its token did.
    func identity(of call: StreamCall) -> CallerIdentity? {
        if BuildKind.isWithoutAccess { return everybody }
        do throws(AccessError) {
            return try access.identity(of: call.caller)
        } catch {
            call.finish(StatusTable.status(of: error))
            return nil
        }
    }

    /// Writes down one request of a stream, on its event loop. False when that cannot be done; the
    /// call is ended then, and what was asked must not be done.
    func record(
        _ call: StreamCall, by identity: CallerIdentity, _ range: KeyRange? = nil,
        isRefused: Bool = false, status: Status = .ok
    ) -> Bool {
        guard let journal = call.journal as? LoopJournal else { return true }
        let status = isRefused ? StatusTable.permissionDenied : status
        guard
            let failure = journal.streamed(
                path: call.path, by: identity, range, isRefused: isRefused, status)
        else { return true }
        call.finish(failure)
        return false
    }

    /// Ends a stream that asked for what cannot be done, once that is written down. On its event
    /// loop.
    func end(_ call: StreamCall, _ status: Status) {
        guard let identity = identity(of: call), record(call, by: identity, status: status) else {
            return
        }
        call.finish(status)
    }

    /// Whether a stream may begin, which counts as a request. It is ended when not.
    private func mayOpen(_ call: StreamCall, by identity: CallerIdentity) -> Bool {
        guard quotas.limitsRequests, !identity.rights.isOwner else { return true }
        let owner = quotaBook.owner(of: identity.subject)
        if quotas.count(by: owner, now: SteadyClock.now()) { return true }
        if record(call, by: identity, status: StatusTable.tooManyRequests) {
            call.finish(StatusTable.tooManyRequests)
        }
        return false
    }

    // MARK: - Unary calls

    /// The handler of a unary call, with a record of the call and within its caller's share.
    private func guardingUnary(_ route: Route) -> Route {
        let method = methods[route.path].copy()
        return route.wrappingUnary { call, message, handler in
            let identity: CallerIdentity
            var refusal: Status?
            if let found = call.finding as? CallerIdentity {
                identity = found
            } else {
                do throws(AccessError) {
                    identity = try self.access.identity(of: call.caller)
                } catch {
                    // The token ended between the headers and the message.
                    identity = self.access.identityForJournal(call.caller)
                    refusal = StatusTable.status(of: error)
                }
            }
            let record: CallRecord
            if let kept = call.note as? CallRecord {
                kept.begin(identity, method: method)
                record = kept
            } else {
                record = CallRecord(identity, method: method)
                call.note = record
            }
            if let refusal {
                record.isRefused = true
                return .failure(refusal)
            }
            if self.quotas.limitsRequests, !identity.rights.isOwner {
                if let refusal = self.beginRequest(record) { return .failure(refusal) }
            }
            return handler(call, message)
        }
    }

    private func beginRequest(_ record: CallRecord) -> Status? {
        let owner = quotaBook.owner(of: record.identity.subject)
        switch quotas.beginRequest(by: owner, now: SteadyClock.now()) {
        case .admit:
            record.owner = owner
            return nil
        case .refuse: return StatusTable.tooManyRequests
        }
    }
}
