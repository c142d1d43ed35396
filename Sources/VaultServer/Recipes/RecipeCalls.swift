import NIOCore
import RPC
import SwiftProtobuf
import VaultStore

/// What the calls of locks and elections begin with.
struct RecipeCalls: Sendable {
    let gate: ServerGate
    let reads: LongReads
    let recipes: Recipes

    /// Answers with what `body` returns.
    ///
    /// - Parameters:
    ///   - allowing: whether the caller may ask for this.
    ///   - lease: what the request hangs a key on; all that hangs there must be the caller's.
    func run<Request: SwiftProtobuf.Message>(
        _ call: UnaryCall, _ message: ByteBuffer,
        _ body: @escaping @Sendable (Request, StoreSession) async throws(Status) -> UnaryAnswer,
        allowing: (Request, CallRecord) -> Bool,
        lease: @escaping @Sendable (Request) -> Int64 = { _ in 0 }
    ) -> UnaryAnswer {
        switch Answer.decoded(message, as: Request.self) {
        case .failure(let status): return .failure(status)
        case .success(let request):
            let record = call.record
            guard allowing(request, record) else { return record.refuse() }
            guard message.readableBytes <= Limits.writeRequestBytesMax else {
                return .failure(StatusTable.requestTooLarge)
            }
            let (vault, reads, user) = (gate.vault, reads, call.peer.userID)
            return recipes.run(call) { () async throws(Status) in
                let session = try StoreSession(vault: vault, reads: reads, user: user)
                try record.require(LeaseID(lease(request)), in: session)
                return try await body(request, session)
            }
        }
    }
}
