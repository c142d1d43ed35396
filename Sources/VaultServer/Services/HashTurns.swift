import NIOCore
import RPC
import Synchronization
import VaultStore

/// One hash on its way, a turn of the long reads at a time.
final class HashTurns: Sendable {
    typealias Answering =
        @Sendable (KeyValueHash, UInt32, ResponseHeader) -> Result<ByteBuffer, Status>

    private struct State {
        /// nil until the first turn, so that waiting does not hold back compaction.
        var hash: KeyValueHash?
    }

    private let call: UnaryCall
    private let open: OpenVault
    private let vault: Vault
    private let start: @Sendable (Store) throws(StoreError) -> KeyValueHash
    private let answer: Answering
    // Only the thread of the long reads takes it; it is there to say so to the compiler.
    private let state = Mutex(State())

    init(
        call: UnaryCall, open: OpenVault, vault: Vault,
        start: @escaping @Sendable (Store) throws(StoreError) -> KeyValueHash,
        answer: @escaping Answering
    ) {
        self.call = call
        self.open = open
        self.vault = vault
        self.start = start
        self.answer = answer
    }

    func turn() -> Bool {
        state.withLock { state in
            if call.isCancelled { return end(&state) }
            if open.isClosing.load(ordering: .relaxed) {
                call.finish(StatusTable.sealed)
                return end(&state)
            }
            do throws(StoreError) {
                guard let (hash, value) = try advance(&state) else { return false }
                call.finish(answer(hash, value, open.header))
            } catch {
                call.finish(vault.refusal(for: error))
            }
            return end(&state)
        }
    }

    /// nil: more turns to come.
    private func advance(_ state: inout State) throws(StoreError) -> (KeyValueHash, UInt32)? {
        let hash: KeyValueHash
        if let started = state.hash { hash = started } else { hash = try start(open.store) }
        state.hash = hash
        for _ in 0..<Limits.scanSlicesPerTurn {
            if let value = try hash.advance() { return (hash, value) }
        }
        return nil
    }

    private func end(_ state: inout State) -> Bool {
        state = State()
        return true
    }
}
