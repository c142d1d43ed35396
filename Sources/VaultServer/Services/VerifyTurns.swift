import Logging
import RPC
import Synchronization
import VaultAPI
import VaultStore

/// One verification on its way, a turn of the long reads at a time.
final class VerifyTurns: Sendable {
    private struct State {
        /// nil until the first turn, so that waiting does not hold back compaction.
        var verification: StateVerification?
        var lastStep: UInt64?
    }

    private let call: StreamCall
    private let open: OpenVault
    private let vault: Vault
    private let isCancelled = Atomic(false)
    // Only the thread of the long reads takes it; it is there to say so to the compiler.
    private let state = Mutex(State())

    init(call: StreamCall, open: OpenVault, vault: Vault) {
        self.call = call
        self.open = open
        self.vault = vault
    }

    /// Nobody waits for it any more. From any thread.
    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    func turn() -> Bool {
        state.withLock { state in
            if isCancelled.load(ordering: .relaxed) { return end(&state) }
            if open.isClosing.load(ordering: .relaxed) {
                call.finish(StatusTable.sealed)
                return end(&state)
            }
            do throws(StoreError) {
                guard let report = try advance(&state) else { return false }
                finish(report)
            } catch {
                call.finish(vault.refusal(for: error))
            }
            return end(&state)
        }
    }

    /// nil: more turns to come.
    private func advance(_ state: inout State) throws(StoreError) -> DamageReport? {
        let verification: StateVerification
        if let started = state.verification {
            verification = started
        } else {
            verification = try open.store.verification()
            state.verification = verification
        }
        for _ in 0..<Limits.scanSlicesPerTurn {
            if let report = try verification.advance() { return report }
        }
        report(verification.done, of: max(verification.total, verification.done), &state)
        return nil
    }

    private func report(_ done: UInt64, of total: UInt64, _ state: inout State) {
        let step = done * UInt64(Limits.progressStepsMax) / max(total, 1)
        guard step != state.lastStep, call.isWritable else { return }
        state.lastStep = step
        var progress = Vault_V1_VerifyProgress()
        progress.done = done
        progress.total = total
        send(progress)
    }

    private func finish(_ report: DamageReport) {
        if !report.isClean {
            vault.logger.critical(
                "the vault is not what was written",
                metadata: [
                    "revision": "\(report.revision)", "damage": "\(report.damage.count)",
                    "first": "\(report.damage.items.first.map(String.init(describing:)) ?? "")",
                ])
        }
        var progress = Vault_V1_VerifyProgress()
        progress.done = report.records
        progress.total = report.records
        progress.finished = true
        progress.report = report.message
        send(progress)
        call.finish(.ok)
    }

    private func send(_ progress: Vault_V1_VerifyProgress) {
        switch Answer.encoded(progress) {
        case .success(let message): call.send(message)
        case .failure(let status): call.finish(status)
        }
    }

    private func end(_ state: inout State) -> Bool {
        state = State()
        return true
    }
}
