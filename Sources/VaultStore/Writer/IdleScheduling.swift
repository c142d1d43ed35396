import CLinux

/// Lets the calling thread use only processor time that nobody else wants: who wakes up takes the
/// processor from it at once, where a low priority alone makes others wait for a time slice. On a
/// machine that is never idle it would not get on at all, so a thread that starves stops standing
/// back. When this goes, the thread is as it was.
package struct IdleScheduling: ~Copyable {
    private let patience: Int64
    package private(set) var isIdle: Bool

    /// - Parameter patience: nanoseconds that a piece of the thread's work may take.
    package init(patience: Int64) {
        self.patience = patience
        // Where the system does not let us, the work is only less polite.
        isIdle = vault_schedule_idle(1) == 0
    }

    deinit { if isIdle { _ = vault_schedule_idle(0) } }

    /// To be called between pieces of work of a few dozen microseconds.
    ///
    /// Who wakes up takes the processor from this thread at once, but of two such threads on one
    /// processor Linux (since 6.6) may then run the other, to which it owes a turn, until the next
    /// tick of its clock, milliseconds later. A thread that yields is owed nothing.
    package func giveWay() {
        if isIdle { vault_yield() }
    }

    /// A piece of the thread's work took `nanoseconds`.
    package mutating func note(nanoseconds: Int64) {
        guard isIdle, nanoseconds > patience else { return }
        _ = vault_schedule_idle(0)
        isIdle = false
    }
}
