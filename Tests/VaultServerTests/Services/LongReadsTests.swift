import Synchronization
import Testing
import VaultTestSupport

@testable import VaultServer

@Suite struct LongReadsTests {
    private final class Flag: Sendable {
        private let value = Mutex(false)
        var isSet: Bool { value.withLock { $0 } }
        func set() { value.withLock { $0 = true } }
    }

    @Test func oneUserWithManyReadsLeavesPlacesAndTurnsForOthers() async {
        let reads = LongReads()
        let (ends, isServed) = (Flag(), Flag())
        let taken = (0..<1_000).prefix { _ in reads.submit(user: 1) { ends.isSet } }
        #expect(taken.count == Limits.scansMax / 2)
        let isAccepted = reads.submit(user: 2) {
            isServed.set()
            return true
        }
        #expect(isAccepted)
        // Those of the first user are under way for as long as this takes.
        #expect(Waiting.until(.seconds(60)) { isServed.isSet })
        ends.set()
        #expect(Waiting.until(.seconds(60)) { reads.isIdle })
        await reads.shutdown()
    }

    @Test func everyReadIsDoneInTheEnd() async {
        let reads = LongReads()
        let done = Mutex(0)
        var accepted = 0
        for number in 0..<UInt32(60) {
            let isAccepted = reads.submit(user: number % 7) {
                done.withLock { $0 += 1 }
                return true
            }
            if isAccepted { accepted += 1 }
        }
        #expect(Waiting.until(.seconds(60)) { reads.isIdle })
        #expect(done.withLock { $0 } == accepted)
        await reads.shutdown()
    }

    /// Whoever ends the thread waits for what goes on, and for what waits behind it.
    @Test func readsThatTakeTurnsAreDoneBeforeTheThreadEnds() async {
        let reads = LongReads()
        let done = Mutex(0)
        var accepted = 0
        for number in 0..<UInt32(60) {
            let turnsLeft = Mutex(50)
            let isAccepted = reads.submit(user: number % 7) {
                let isOver = turnsLeft.withLock { left in
                    left -= 1
                    return left == 0
                }
                if isOver { done.withLock { $0 += 1 } }
                return isOver
            }
            if isAccepted { accepted += 1 }
        }
        await reads.shutdown()
        #expect(accepted > 30)
        #expect(done.withLock { $0 } == accepted)
        #expect(reads.isIdle)
    }
}
