import Glibc
import RPC
import Sodium
import Synchronization
import VaultAccess
import VaultSeal
import VaultStore

/// The rules in force, whoever logged in, and the streams that must hear of changes. Thread-safe.
///
/// Rules come from the vault and are known while it is unsealed. Without any, root and the daemon's
/// own user are administrators and nobody else may do anything.
final class AccessControl: Sendable {
    /// A stream that may end without a word to anybody here.
    struct Stream {
        weak var observer: (any RightsObserver)?
    }

    struct State {
        /// nil while the vault is sealed.
        var book: AccessBook?
        var rules: AccessRules
        var names = ResolvedNames()
        /// Rights of users with tokens, by the rules in force. By subject, which compares names by
        /// their bytes: two that Swift takes for the same text are two users.
        var accounts: [Subject: Rights] = [:]
        var tokens: TokenTable
        var pacing = LoginPacing()
        var streams: [Int: Stream] = [:]
        var lastStream = 0
    }

    let daemonUserID: UInt32
    let state: Mutex<State>
    /// Changes of rules, one after the other: each waits for the disk, and for the databases of
    /// users and groups.
    let changeThread = WorkerThread(jobsMax: Limits.accessChangesMax)
    /// Hashes passwords. How many a second is limited, and they do not stand back behind others:
    /// clients wait two seconds for a login, and busy neighbours would keep everybody out.
    let loginThread = WorkerThread(jobsMax: Limits.loginsMax)
    let passwordCost: PassphraseCost
    /// Of the hashes by which connections know tokens again; new for each process.
    private let digestKey = Random.bytes(count: ShortHash.keyCount)
    let decoy: PasswordHash
    private let ruleVersion = Atomic<UInt64>(1)
    private let unitRelevance = Atomic<Bool>(false)

    init(
        daemonUserID: UInt32, passwordCost: PassphraseCost = .interactive
    ) throws(AccessError) {
        self.daemonUserID = daemonUserID
        self.passwordCost = passwordCost
        decoy = try PasswordHash.decoy(cost: passwordCost)
        state = Mutex(
            State(
                rules: try Self.noRules(),
                tokens: TokenTable(key: Random.bytes(count: TokenTable.keyCount))))
    }

    private static func noRules() throws(AccessError) -> AccessRules {
        AccessRules(try AccessBook(), names: ResolvedNames())
    }

    // MARK: - Who may do what

    /// Grows with every change of the rules in force.
    var version: UInt64 { ruleVersion.load(ordering: .acquiring) }

    /// Some rule names a systemd service.
    var isUnitRelevant: Bool { unitRelevance.load(ordering: .relaxed) }

    func rights(of subject: Subject) -> Rights {
        let rules = state.withLock { $0.rules }
        return rules.rights(of: subject, daemonUserID: daemonUserID)
    }

    func explain(_ subject: Subject, _ action: AccessAction, _ span: KeySpan) -> Explanation {
        let rules = state.withLock { $0.rules }
        return rules.explain(subject, daemonUserID: daemonUserID, action, span)
    }

    /// Who makes a call: the user whose token came with it, or the peer.
    func identity(of caller: Caller) throws(AccessError) -> CallerIdentity {
        guard CallToken.isIn(caller.metadata) else { return peerIdentity(of: caller) }
        // A text is made of the token only when it is not known.
        let digest = CallToken.withBytes(in: caller.metadata) {
            TokenDigest(of: $0, key: digestKey)
        }
        guard let digest else { return peerIdentity(of: caller) }
        guard let session = caller.identification as? PeerSession else {
            return try identity(
                ofToken: CallToken.text(in: caller.metadata), from: peerIdentity(of: caller),
                now: SteadyClock.now())
        }
        // From before the token is looked at: it may be newer than this says, never older.
        let version = version
        let now = SteadyClock.now()
        // With the peer of that moment: to ask for its unit again with every call costs more than
        // the token, and changes nothing of what its user may do.
        if let login = session.recentLogin(digest, version: version, now: now) { return login }
        let identity = try identity(
            ofToken: CallToken.text(in: caller.metadata), from: peerIdentity(of: caller), now: now)
        session.remember(digest, identity, version: version, now: now)
        return identity
    }

    private func identity(
        ofToken token: String, from peer: CallerIdentity, now: Duration
    ) throws(AccessError) -> CallerIdentity {
        let (user, rights) = try account(ofToken: token, now: now)
        return CallerIdentity(peer: peer.peer, unit: peer.unit, account: user, rights: rights)
    }

    /// The same where a token that is none is no reason to say nothing.
    func identityForJournal(_ caller: Caller) -> CallerIdentity {
        do throws(AccessError) { return try identity(of: caller) } catch _ {
            return peerIdentity(of: caller)
        }
    }

    /// Who goes on with a stream: the user who logged in when it was opened, until that login is
    /// ended, or the peer. A token may have ended by itself meanwhile, which ends no stream.
    func identity(of caller: Caller, loggedInAs account: String?) -> CallerIdentity {
        let peer = peerIdentity(of: caller)
        guard let account else { return peer }
        return CallerIdentity(
            peer: peer.peer, unit: peer.unit, account: account,
            rights: rights(of: .account(account)))
    }

    private func peerIdentity(of caller: Caller) -> CallerIdentity {
        if let session = caller.identification as? PeerSession {
            return session.identity(by: self)
        }
        let peer = PeerIdentity(
            processID: caller.peer.processID, userID: caller.peer.userID,
            groupID: caller.peer.groupID)
        return CallerIdentity(
            peer: peer, unit: nil, account: nil, rights: rights(of: .peer(peer, unit: nil)))
    }

    private func account(
        ofToken token: String, now: Duration
    ) throws(AccessError) -> (String, Rights) {
        try state.withLock { (state) throws(AccessError) in
            let user = try state.tokens.user(ofToken: token, now: now)
            let subject = Subject.account(user)
            if let rights = state.accounts[subject] { return (user, rights) }
            let rights = state.rules.rights(of: subject, daemonUserID: daemonUserID)
            state.accounts[subject] = rights
            return (user, rights)
        }
    }

    // MARK: - The rules in force

    /// The vault was unsealed with these rules. Looks accounts up, which may take a while.
    func open(_ book: AccessBook) {
        put(book, after: nil, isOpening: true)
    }

    /// The vault is being sealed: nobody is known any more, and nobody is logged in.
    func close() {
        let noRules: AccessRules
        do throws(AccessError) { noRules = try Self.noRules() } catch {
            preconditionFailure("a book without a rule can always be made")
        }
        state.withLock { state in
            state.book = nil
            state.rules = noRules
            state.accounts = [:]
            state.tokens.dropAll()
        }
        unitRelevance.store(false, ordering: .relaxed)
        ruleVersion.wrappingAdd(1, ordering: .acquiringAndReleasing)
    }

    /// Puts rules in force: for every call from now on, and for the streams that are open. Not in a
    /// vault that was sealed since the change was begun, which knows nobody.
    func publish(_ book: AccessBook, after change: AccessChange?) {
        put(book, after: change, isOpening: false)
    }

    private func put(_ book: AccessBook, after change: AccessChange?, isOpening: Bool) {
        let names = AccountNames.resolve(book.accountNames)
        let rules = AccessRules(book, names: names)
        let streams: [any RightsObserver]? = state.withLock { state in
            guard isOpening || state.book != nil else { return nil }
            state.book = book
            state.rules = rules
            state.names = names
            state.accounts = [:]
            if let change { state.tokens.drop(after: change) }
            return state.streams.values.compactMap(\.observer)
        }
        guard let streams else { return }
        unitRelevance.store(rules.isUnitRelevant, ordering: .relaxed)
        ruleVersion.wrappingAdd(1, ordering: .acquiringAndReleasing)
        for stream in streams {
            switch change {
            case .deleteUser(let name), .changePassword(let name, _): stream.endLogin(of: name)
            case .disableLogin: stream.endLogin(of: nil)
            default: break
            }
            stream.rightsMayHaveChanged()
        }
    }

    /// Looks accounts up again: their numbers may have changed. Every now and then.
    func refreshNames() {
        _ = changeThread.submit {
            guard
                let (book, names) = self.state.withLock({ state in
                    state.book.map { ($0, state.names) }
                })
            else { return }
            let isSame = AccountNames.resolve(book.accountNames) == names
            if !isSame { self.publish(book, after: nil) }
        }
    }

    /// Asks open streams whose rights come from a systemd service whether the peer is still in it.
    func recheckUnits() {
        guard isUnitRelevant else { return }
        let streams = state.withLock { $0.streams.values.compactMap(\.observer) }
        for stream in streams {
            stream.rightsMayHaveChanged()
        }
    }

    var book: AccessBook? { state.withLock { $0.book } }

    // MARK: - Streams

    /// Has `stream` told of every change of rights until it is removed. It is not kept alive.
    func add(_ stream: any RightsObserver) -> Int {
        state.withLock { state in
            state.lastStream += 1
            state.streams[state.lastStream] = Stream(observer: stream)
            return state.lastStream
        }
    }

    /// Whether a login as `account` ends with those of `user`, which is everybody's for nil.
    static func isEnded(_ account: String?, with user: String?) -> Bool {
        guard let account else { return false }
        return user?.utf8.elementsEqual(account.utf8) ?? true
    }

    func remove(stream id: Int) {
        state.withLock { _ = $0.streams.removeValue(forKey: id) }
    }

    /// Ends the threads.
    func shutdown() async {
        await changeThread.shutdown()
        await loginThread.shutdown()
    }
}

/// Something that goes on and must stop when its caller may not do it any more.
protocol RightsObserver: AnyObject, Sendable {
    /// Called on any thread; must not block.
    func rightsMayHaveChanged()

    /// The tokens of a user, or without one of everybody, are good no more: what was begun with
    /// one ends. Called on any thread; must not block.
    func endLogin(of user: String?)
}
