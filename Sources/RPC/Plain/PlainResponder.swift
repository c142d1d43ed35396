/// Answers what is asked over HTTP/1.1 on the socket of the gRPC server. Who may ask, and what is
/// written down of it, is its business.
public protocol PlainResponder: Sendable {
    /// On the connection's event loop; must not block.
    ///
    /// - Parameter journal: the event loop's, if it has one.
    func answer(
        _ request: PlainRequest, _ caller: Caller, _ journal: (any CallJournal)?
    ) -> PlainAnswer
}

/// For servers that speak gRPC alone.
struct GRPCOnly: PlainResponder {
    func answer(
        _ request: PlainRequest, _ caller: Caller, _ journal: (any CallJournal)?
    ) -> PlainAnswer {
        Preface.refusal
    }
}
