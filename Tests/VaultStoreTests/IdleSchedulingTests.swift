import Glibc
import Testing

@testable import VaultStore

/// Who stands back does so for as long as it gets on.
@Suite struct IdleSchedulingTests {
    private static let ordinary: Int32 = 0
    private static let onlyWhenIdle: Int32 = 5

    /// What a thread of its own is scheduled as: before, meanwhile, after each piece of work, and
    /// afterwards.
    private func policies(pieces: [Int64]) -> [Int32] {
        nonisolated(unsafe) var policies: [Int32] = []
        let thread = StoreThread(name: "idle-test") {
            policies.append(sched_getscheduler(0))
            do {
                var scheduling = IdleScheduling(patience: 1_000)
                policies.append(sched_getscheduler(0))
                for piece in pieces {
                    scheduling.note(nanoseconds: piece)
                    policies.append(sched_getscheduler(0))
                }
            }
            policies.append(sched_getscheduler(0))
        }
        thread.join()
        return policies
    }

    @Test func whoGetsOnStandsBack() {
        #expect(
            policies(pieces: [1, 1_000])
                == [
                    Self.ordinary, Self.onlyWhenIdle, Self.onlyWhenIdle, Self.onlyWhenIdle,
                    Self.ordinary,
                ])
    }

    @Test func whoStarvesDoesNot() {
        #expect(
            policies(pieces: [1, 1_001, 1])
                == [
                    Self.ordinary, Self.onlyWhenIdle, Self.onlyWhenIdle, Self.ordinary,
                    Self.ordinary, Self.ordinary,
                ])
    }
}
