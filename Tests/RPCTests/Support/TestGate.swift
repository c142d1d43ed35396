import RPC

/// A gatekeeper whose decisions a test makes.
struct TestGate: Gatekeeper {
    let decide: @Sendable (String, Caller) -> Status?
    var journal: (@Sendable () -> any CallJournal)?

    init(_ decide: @escaping @Sendable (String, Caller) -> Status? = { _, _ in nil }) {
        self.decide = decide
    }

    func admit(path: String, mark: Int, caller: Caller) -> Status? { decide(path, caller) }

    func makeJournal() -> (any CallJournal)? { journal?() }
}
