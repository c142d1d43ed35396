import RPC

/// A gatekeeper whose decisions a test makes.
///
/// SAFETY (@unchecked Sendable): a test sets it up before it starts a server with it.
final class TestGate: Gatekeeper, @unchecked Sendable {
    let decide: @Sendable (String, Caller) -> Status?
    /// What it says that it found out of callers.
    var finding: (any AnyObject & Sendable)?
    var keeps: @Sendable (PeerCredentials) -> Bool = { _ in false }
    /// Which set of event loops the next connection is for.
    var loopSet: (@Sendable () -> Int)?
    var journal: (@Sendable () -> any CallJournal)?
    /// A connection is no more: whatever it held has been let go of.
    var gone: @Sendable () -> Void = {}

    init(_ decide: @escaping @Sendable (String, Caller) -> Status? = { _, _ in nil }) {
        self.decide = decide
    }

    func identify(
        socket: Int32, credentials: PeerCredentials
    ) -> (any PeerIdentification)? {
        TestPeer(loopSet: loopSet?() ?? 0, gone: gone)
    }

    func keepsPlace(for credentials: PeerCredentials) -> Bool { keeps(credentials) }

    func admit(path: @autoclosure () -> String, mark: Int, caller: Caller) -> Verdict {
        decide(path(), caller).map { .refused($0) } ?? .admitted(finding)
    }

    func makeJournal() -> (any CallJournal)? { journal?() }
}

private final class TestPeer: PeerIdentification {
    let loopSet: Int
    private let gone: @Sendable () -> Void

    init(loopSet: Int, gone: @escaping @Sendable () -> Void) {
        self.loopSet = loopSet
        self.gone = gone
    }

    deinit { gone() }
}
