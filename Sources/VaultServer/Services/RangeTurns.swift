import NIOCore
import RPC
import Synchronization
import VaultStore

/// One long range on its way from the store to the client, a turn at a time.
final class RangeTurns: Sendable {
    private struct State {
        /// nil until the first turn, so that waiting does not hold back compaction.
        var scan: RangeScan?
        var sink = RangeResponseSink(pieceBytesMax: Limits.responsePieceBytes)
        var claimed = 0
    }

    private let query: RangeQuery
    private let call: UnaryCall
    private let open: OpenVault
    private let vault: Vault
    private let reads: LongReads
    // Only the thread of the long reads takes it; it is there to say so to the compiler.
    private let state = Mutex(State())

    init(query: RangeQuery, call: UnaryCall, open: OpenVault, vault: Vault, reads: LongReads) {
        self.query = query
        self.call = call
        self.open = open
        self.vault = vault
        self.reads = reads
    }

    func turn() -> Bool {
        state.withLock { state in
            if call.isCancelled { return end(&state) }
            if open.isClosing.load(ordering: .relaxed) {
                call.finish(StatusTable.sealed)
                return end(&state)
            }
            do throws(StoreError) {
                if let summary = try advance(&state) {
                    call.finish(chunks: state.sink.finishPieces(summary, header: open.header))
                    return end(&state)
                }
            } catch {
                call.finish(vault.refusal(for: error))
                return end(&state)
            }
            let grown = state.sink.count - state.claimed
            guard state.sink.count <= Limits.responseBytesMax, reads.claim(bytes: grown) else {
                call.finish(StatusTable.responseTooLarge)
                return end(&state)
            }
            state.claimed += grown
            return false
        }
    }

    /// nil: more turns to come.
    private func advance(_ state: inout State) throws(StoreError) -> RangeSummary? {
        let scan: RangeScan
        if let started = state.scan { scan = started } else { scan = try open.store.scan(query) }
        state.scan = scan
        for _ in 0..<Limits.scanSlicesPerTurn {
            if let summary = try scan.next(into: &state.sink) { return summary }
        }
        return nil
    }

    private func end(_ state: inout State) -> Bool {
        reads.release(bytes: state.claimed)
        state = State()
        return true
    }
}
