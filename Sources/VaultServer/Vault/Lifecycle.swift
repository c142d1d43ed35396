/// Which state the vault is in, and what may happen next; no lock, thread or file in here.
///
///     notInitialized -> initializing -> unsealed -> closing -> sealed -> unsealing -> unsealed
///
/// `Session` is what an unsealed vault holds: the open store.
struct Lifecycle<Session: Sendable> {
    enum Phase {
        case notInitialized
        case initializing
        case sealed
        case unsealing
        case unsealed(Session)
        /// What is under way finishes; new calls are refused.
        case closing
    }

    private(set) var phase: Phase
    /// Someone asked to seal while the vault was being opened.
    private var mustSeal = false

    init(isInitialized: Bool) {
        phase = isInitialized ? .sealed : .notInitialized
    }

    var isInitialized: Bool {
        switch phase {
        case .notInitialized, .initializing: false
        case .sealed, .unsealing, .unsealed, .closing: true
        }
    }

    /// The session; nil in all other phases.
    var unsealed: Session? {
        if case .unsealed(let session) = phase { session } else { nil }
    }

    /// The session for one call.
    func session() throws(VaultError) -> Session {
        switch phase {
        case .unsealed(let session): return session
        case .notInitialized, .initializing: throw .notInitialized
        case .sealed, .unsealing, .closing: throw .sealed
        }
    }

    /// Ends an init whose slots cannot be opened at once.
    mutating func finishInitSealed() {
        phase = .sealed
        mustSeal = false
    }

    mutating func beginInit() throws(VaultError) {
        switch phase {
        case .notInitialized: phase = .initializing
        case .initializing: throw .busy
        case .sealed, .unsealing, .unsealed, .closing: throw .alreadyInitialized
        }
    }

    /// `isInitialized`: the failure came after the directory had become a vault.
    mutating func failInit(isInitialized: Bool) {
        phase = isInitialized ? .sealed : .notInitialized
        mustSeal = false
    }

    mutating func beginUnseal() throws(VaultError) {
        switch phase {
        case .sealed: phase = .unsealing
        case .unsealing, .closing: throw .busy
        case .unsealed: throw .alreadyUnsealed
        case .notInitialized, .initializing: throw .notInitialized
        }
    }

    /// Passes when an unseal could begin.
    func checkSealed() throws(VaultError) {
        var copy = self
        try copy.beginUnseal()
    }

    mutating func failUnseal() {
        phase = .sealed
        mustSeal = false
    }

    /// Ends an init or unseal. Returns the session that must be closed at once, when somebody asked
    /// to seal in the meantime.
    mutating func open(_ session: Session) -> Session? {
        guard mustSeal else {
            phase = .unsealed(session)
            return nil
        }
        mustSeal = false
        phase = .closing
        return session
    }

    enum SealStep {
        /// Nothing to do.
        case sealedAlready
        /// The caller must close the session now.
        case close(Session)
        /// Sealing ends when an opening or another sealing ends.
        case wait
    }

    mutating func beginSeal() throws(VaultError) -> SealStep {
        switch phase {
        case .notInitialized: throw .notInitialized
        case .sealed: return .sealedAlready
        case .initializing, .unsealing:
            mustSeal = true
            return .wait
        case .closing: return .wait
        case .unsealed(let session):
            phase = .closing
            return .close(session)
        }
    }

    mutating func finishSeal() {
        phase = .sealed
    }
}
