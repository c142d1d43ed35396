import RPC
import Synchronization
import VaultStore

/// The store as a recipe uses it: one step after the other, each awaited. A recipe is a call that
/// is made of several reads and writes and may wait for other clients in between.
struct StoreSession: Sendable {
    let open: OpenVault
    private let vault: Vault
    private let reads: LongReads
    private let user: UInt32

    init(vault: Vault, reads: LongReads, user: UInt32) throws(Status) {
        do throws(VaultError) {
            open = try vault.open()
        } catch {
            throw StatusTable.status(of: error)
        }
        self.vault = vault
        self.reads = reads
        self.user = user
    }

    var store: Store { open.store }

    func transaction(_ transaction: Transaction) async throws(Status) -> TransactionResult {
        guard case .transaction(let result) = try await write(.transaction(transaction)) else {
            throw Status(.internal, "vaultd: a transaction was answered as something else")
        }
        return result
    }

    func write(_ request: WriteRequest) async throws(Status) -> WriteResult {
        let result = await withCheckedContinuation { continuation in
            store.submit(request, in: Lane(user)) { continuation.resume(returning: $0) }
        }
        return try vault.answer(result)
    }

    /// Reads on this thread, or where long reads take turns.
    func range(_ query: RangeQuery) async throws(Status) -> RangeResult {
        let short = Result { () throws(StoreError) in try Self.short(query, in: store) }
        if let result = try vault.answer(short) { return result }
        let long = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<RangeResult, StoreError>?, Never>) in
            let isAccepted = reads.submit(user: user) {
                continuation.resume(
                    returning: Result { () throws(StoreError) in
                        try Self.long(query, in: open)
                    })
                return true
            }
            if !isAccepted { continuation.resume(returning: nil) }
        }
        guard let long else { throw StatusTable.tooManyRequests }
        return try vault.answer(long)
    }

    private static func short(
        _ query: RangeQuery, in store: Store
    ) throws(StoreError) -> RangeResult? {
        var sink = KeyValueSink()
        return try store.range(query, into: &sink).map { result(sink, $0) }
    }

    private static func long(
        _ query: RangeQuery, in open: OpenVault
    ) throws(StoreError) -> RangeResult {
        let scan = try open.store.scan(query)
        var sink = KeyValueSink()
        while !open.isClosing.load(ordering: .relaxed) {
            if let summary = try scan.next(into: &sink) { return result(sink, summary) }
        }
        throw .closed
    }

    private static func result(_ sink: KeyValueSink, _ summary: RangeSummary) -> RangeResult {
        RangeResult(
            keyValues: sink.keyValues, more: summary.more, count: summary.count,
            revision: summary.revision)
    }
}

extension Vault {
    /// What the store said, or the status that tells a client so.
    fileprivate func answer<Value>(
        _ result: Result<Value, StoreError>
    ) throws(Status) -> Value {
        switch result {
        case .success(let value): return value
        case .failure(let error): throw refusal(for: error)
        }
    }
}
