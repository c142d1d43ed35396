import NIOCore
import RPC
import Synchronization
import VaultAccess
import VaultStore

/// Whether somebody who waits in a queue may still stand there. The right to wait can be taken back
/// long before the turn comes. Thread-safe.
final class QueueRights: RightsObserver {
    private struct State {
        /// Also at the start: rules may have changed before this was told of changes.
        var mustAsk = true
        var isLoginEnded = false
        var wake: (@Sendable () -> Void)?
        var observation: Int?
    }

    private let gate: ServerGate
    private let record: CallRecord
    private let call: UnaryCall
    private let account: String?
    private let state = Mutex(State())

    /// On the call's event loop.
    init(_ call: UnaryCall, gate: ServerGate) {
        self.gate = gate
        record = call.record
        self.call = call
        account = call.record.identity.account
        let observation = gate.access.add(self)
        state.withLock { $0.observation = observation }
    }

    deinit {
        if let observation = state.withLock({ $0.observation }) {
            gate.access.remove(stream: observation)
        }
    }

    /// Refuses who may not stand in the queue of that range any more. Once a change of rules was
    /// answered, nobody passes by the rules from before.
    func check(_ range: KeyRange) async throws(Status) {
        if BuildKind.isWithoutAccess { return }
        let (mustAsk, isLoginEnded) = state.withLock { state in
            // Before the question: what changes from now on is asked about again.
            defer { state.mustAsk = false }
            return (state.mustAsk, state.isLoginEnded)
        }
        if isLoginEnded {
            record.isRefused = true
            throw StatusTable.status(of: AccessError.invalidToken)
        }
        guard mustAsk, await !isAllowed(range) else { return }
        // Nobody is known to a sealed vault.
        do throws(VaultError) { _ = try gate.vault.open() } catch {
            throw StatusTable.status(of: error)
        }
        record.isRefused = true
        throw StatusTable.permissionDenied
    }

    /// Connections know who they are on their event loops.
    private func isAllowed(_ range: KeyRange) async -> Bool {
        let (access, call, account) = (gate.access, call, account)
        return await withCheckedContinuation { continuation in
            call.eventLoop.execute {
                let rights = access.identity(of: call.caller, loggedInAs: account).rights
                continuation.resume(
                    returning: rights.allowsRead(range) && rights.allowsWrite(range))
            }
        }
    }

    /// Calls `wake` when it is time to check again, at once when it is already; nil ends that.
    func onChange(_ wake: (@Sendable () -> Void)?) {
        let isDue = state.withLock { state in
            state.wake = wake
            return state.mustAsk || state.isLoginEnded
        }
        if isDue { wake?() }
    }

    func rightsMayHaveChanged() {
        let wake = state.withLock { state in
            state.mustAsk = true
            return state.wake
        }
        wake?()
    }

    func endLogin(of user: String?) {
        guard AccessControl.isEnded(account, with: user) else { return }
        let wake = state.withLock { state in
            state.isLoginEnded = true
            return state.wake
        }
        wake?()
    }
}
