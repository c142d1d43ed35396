import Synchronization

@testable import VaultAccess

/// System calls that fail when a test says so.
final class AuditFaults: Sendable {
    private struct State {
        var faults: [AuditStep: AuditFault] = [:]
        var calls = 0
        var deadAfter = Int.max
    }

    private let state = Mutex(State())

    var hook: AuditFault.Hook {
        { [self] step in
            state.withLock { state in
                state.calls += 1
                if state.calls > state.deadAfter { return .errno(5) }
                return state.faults[step]
            }
        }
    }

    /// nil lets the call work again.
    func set(_ fault: AuditFault?, for step: AuditStep) {
        state.withLock { $0.faults[step] = fault }
    }

    /// Every call after so many more fails, as after a kill: nothing more reaches the files.
    func die(after calls: Int) {
        state.withLock { $0.deadAfter = $0.calls + calls }
    }

    var calls: Int { state.withLock { $0.calls } }
}
