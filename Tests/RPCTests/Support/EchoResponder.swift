import Synchronization

@testable import RPC

/// Says over HTTP/1.1 what it was asked, and remembers it.
final class EchoResponder: PlainResponder {
    let asked = Mutex<[PlainRequest]>([])
    private let body: String?

    /// - Parameter body: what to say instead.
    init(body: String? = nil) { self.body = body }

    func answer(
        _ request: PlainRequest, _ caller: Caller, _ journal: (any CallJournal)?
    ) -> PlainAnswer {
        asked.withLock { $0.append(request) }
        return PlainAnswer(.ok, body ?? "\(request.method) \(request.path)\n")
    }
}
