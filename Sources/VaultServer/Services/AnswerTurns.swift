import NIOCore
import RPC
import Synchronization
import VaultStore

/// A long answer on its way from the store to the client, a turn of the long reads at a time.
final class AnswerTurns<Answer: SlicedAnswer>: Sendable {
    private struct State {
        /// nil until the first turn, so that waiting does not hold back compaction.
        var answer: Answer?
        var claimed = 0
    }

    private let call: UnaryCall
    private let open: OpenVault
    private let vault: Vault
    private let begin: @Sendable (OpenVault) throws(StoreError) -> Answer
    // Only the thread of the long reads takes it; it is there to say so to the compiler.
    private let state = Mutex(State())

    init(
        call: UnaryCall, open: OpenVault, vault: Vault,
        begin: @escaping @Sendable (OpenVault) throws(StoreError) -> Answer
    ) {
        self.call = call
        self.open = open
        self.vault = vault
        self.begin = begin
    }

    func turn() -> Bool {
        state.withLock { state in
            if call.isCancelled { return end(&state, .cancelled) }
            if open.isClosing.load(ordering: .relaxed) { return end(&state, StatusTable.sealed) }
            do throws(StoreError) {
                var answer: Answer
                if let begun = state.answer { answer = begun } else { answer = try begin(open) }
                state.answer = nil
                for _ in 0..<Limits.scanSlicesPerTurn {
                    guard let whole = try answer.next() else { continue }
                    switch whole {
                    case .success(let pieces): call.finish(chunks: pieces)
                    case .failure(let status): call.finish(status)
                    }
                    return true
                }
                let grown = answer.count - state.claimed
                guard answer.count <= Limits.responseBytesMax else {
                    return end(&state, StatusTable.responseTooLarge)
                }
                guard grown == 0 || call.claim(bytes: grown) else {
                    return end(&state, .tooMuchUnread)
                }
                state.claimed += grown
                state.answer = answer
                return false
            } catch {
                return end(&state, vault.refusal(for: error))
            }
        }
    }

    private func end(_ state: inout State, _ failure: Status) -> Bool {
        state.answer = nil
        call.finish(failure)
        return true
    }
}
