import Synchronization
import Testing
import VaultTestSupport

@testable import VaultAccess

@Suite struct QuotaGateTests {
    private final class Tally: Sendable {
        let admitted = Atomic(0)
        let inFlight = Atomic(0)
        let inFlightMost = Atomic(0)
    }

    @Test func whereNothingIsLimitedTheClockIsNotRead() {
        let gate = QuotaGate(.unlimited)
        let owner = QuotaBook.unlimited.owner(user: 1)
        var readings = 0
        func now() -> Duration {
            readings += 1
            return .zero
        }
        for _ in 0..<100 {
            #expect(gate.beginRequest(by: owner, now: now()) == .admit)
            gate.endRequest(by: owner)
            for use in QuotaUse.allCases { #expect(gate.begin(use, by: owner) == nil) }
            for use in QuotaUse.allCases { gate.end(use, by: owner) }
        }
        #expect(readings == 0)
    }

    @Test func aRequestRefusedForItsRateIsNotInFlight() throws {
        let book = try quotaBook(["uid:1 class=guaranteed rate=1 inflight=2"])
        let gate = QuotaGate(book)
        let owner = book.owner(user: 1)
        #expect(gate.beginRequest(by: owner, now: .zero) == .admit)
        for _ in 0..<5 {
            #expect(
                gate.beginRequest(by: owner, now: .zero)
                    == .refuse(.rate(retryAfter: .seconds(1))))
        }
        #expect(gate.beginRequest(by: owner, now: .seconds(1)) == .admit)
        // Nor does one too many at once cost a token.
        for _ in 0..<5 {
            #expect(
                gate.beginRequest(by: owner, now: .seconds(2))
                    == .refuse(.count(of: .request, max: 2)))
        }
        gate.endRequest(by: owner)
        #expect(gate.beginRequest(by: owner, now: .seconds(2)) == .admit)
    }

    @Test func manyThreadsAreGivenNoMoreThanOne() async throws {
        let book = try quotaBook(["uid:1 class=guaranteed rate=1000 inflight=3"])
        let gate = QuotaGate(book)
        let owner = book.owner(user: 1)
        let tally = Tally()
        try await onThread {
            let threads = (0..<4).map { _ in
                TestThread {
                    for _ in 0..<5_000 {
                        guard gate.beginRequest(by: owner, now: .zero) == .admit else { continue }
                        tally.admitted.add(1, ordering: .relaxed)
                        let now = tally.inFlight.add(1, ordering: .relaxed).newValue
                        tally.inFlightMost.max(now, ordering: .relaxed)
                        tally.inFlight.subtract(1, ordering: .relaxed)
                        gate.endRequest(by: owner)
                    }
                }
            }
            for thread in threads { thread.join() }
        }
        let (admitted, most) = (
            tally.admitted.load(ordering: .relaxed), tally.inFlightMost.load(ordering: .relaxed)
        )
        #expect(admitted == 1_000)
        #expect((1...3).contains(most))
    }
}
