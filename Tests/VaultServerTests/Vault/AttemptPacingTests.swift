import Testing

@testable import VaultServer

@Suite struct AttemptPacingTests {
    @Test func typingErrorsCostNothingAndGuessingCostsTwiceAsMuchEachTime() {
        var pacing = AttemptPacing()
        var now = ContinuousClock.now
        for _ in 1..<Limits.freeWrongPassphrases {
            pacing.recordWrong(at: now)
            #expect(pacing.delay(at: now) == nil)
        }
        var delays: [Duration] = []
        for _ in 0..<8 {
            pacing.recordWrong(at: now)
            let delay = pacing.delay(at: now) ?? .zero
            delays.append(delay)
            now += delay
            #expect(pacing.delay(at: now) == nil)
        }
        #expect(
            delays == [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2)]
                + [.seconds(4), .seconds(8), .seconds(10), .seconds(10)])
    }

    @Test func theRightPassphraseForgetsTheWrongOnes() {
        var pacing = AttemptPacing()
        let now = ContinuousClock.now
        for _ in 0..<10 { pacing.recordWrong(at: now) }
        pacing.recordRight()
        #expect(pacing.delay(at: now) == nil)
        pacing.recordWrong(at: now)
        #expect(pacing.delay(at: now) == nil)
    }
}
