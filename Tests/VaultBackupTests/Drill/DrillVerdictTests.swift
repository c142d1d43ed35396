import Testing
import VaultTestSupport

@testable import VaultBackup

/// What a drill as a whole has shown.
@Suite struct DrillVerdictTests {
    private let passed = StepOutcome("counts", .passed)
    private let detected = ControlOutcome(
        "N1", seed: 1, expected: [13], observed: .ended(exitCode: 13, leaked: false))

    private func control(_ code: Int32, leaked: Bool = false) -> ControlOutcome {
        ControlOutcome(
            "N1", seed: 5, expected: [13, 101], observed: .ended(exitCode: code, leaked: leaked))
    }

    @Test func aDrillThatProvedEverythingPasses() {
        let verdict = DrillVerdict(steps: [passed], controls: [detected])
        #expect(verdict.exitCode == 0 && verdict.word == "pass")
        #expect(verdict.controlsRun == 1 && verdict.controlsDetected == 1)
        #expect(verdict.reasons.isEmpty && verdict.missed.isEmpty)
    }

    @Test func aControlIsDetectedByItsOwnStatusAndWithoutALeakOnly() {
        #expect(control(13).score == .detected)
        #expect(control(101).score == .detected)
        for code in [0, 1, 12, 14, 20] as [Int32] { #expect(control(code).score == .missed) }
        #expect(control(13, leaked: true).score == .missed)
        #expect(control(23, leaked: true).score == .missed)
        #expect(control(23).score == .notRun)
        let io = ControlOutcome(
            "N13", seed: 1, expected: [23], observed: .ended(exitCode: 23, leaked: false))
        #expect(io.score == .detected)
    }

    @Test func oneMissedControlBeatsEverything() {
        let errors: [BackupError] = [.integrity("a"), .inconclusive("b"), .wrongKey("c")]
        let steps = errors.map { StepOutcome("s", .failed($0)) }
        let verdict = DrillVerdict(steps: steps, controls: [detected, control(0)])
        #expect(verdict.exitCode == 19 && verdict.word == "blind")
        #expect(verdict.controlsRun == 2 && verdict.controlsDetected == 1)
        #expect(verdict.missed == ["N1"])
        #expect(verdict.reasons.count == 4 && verdict.reasons[0].hasPrefix("N1 (seed 5)"))
    }

    @Test func whatWasNotRunIsNotPassed() {
        #expect(DrillVerdict(steps: [], controls: []).exitCode == 23)
        let notRun = StepOutcome("policy", .notRun("no time"))
        #expect(DrillVerdict(steps: [passed, notRun], controls: []).exitCode == 23)
        let control = ControlOutcome("N2", seed: 1, expected: [13], observed: .notRun("no disk"))
        let verdict = DrillVerdict(steps: [passed], controls: [control])
        #expect(verdict.exitCode == 23 && verdict.word == "inconclusive")
        #expect(verdict.controlsRun == 0)
        let steps = DrillVerdict(
            steps: [passed], controls: [], requiredChecks: ["counts", "state-hash"])
        #expect(steps.exitCode == 23 && steps.reasons == ["state-hash was not run"])
        let controls = DrillVerdict(
            steps: [passed], controls: [detected], requiredControls: ["N1", "N2"])
        #expect(controls.exitCode == 23 && controls.reasons == ["N2 was not run"])
    }

    /// Of every two failures the earlier of the documented order is the status.
    @Test func theOrderIsTheDocumentedOne() {
        let order: [BackupError] = [
            .blind(""), .integrity(""), .wrongKey(""), .incompleteChain(""), .mismatch(""),
            .continuity(""), .unsupportedFormat(""), .stale(""), .clock(""), .targetInUse(""),
            .noSpace(""), .inconclusive(""), .rtoMissed(""), .overdue(""),
        ]
        #expect(order.map(\.exitCode) == DrillVerdict.precedence.filter { $0 != 1 })
        for first in order.indices {
            for second in order[first...].indices {
                for steps in [[first, second], [second, first]] {
                    let verdict = DrillVerdict(
                        steps: steps.map { StepOutcome("s", .failed(order[$0])) } + [passed],
                        controls: [detected])
                    #expect(verdict.exitCode == order[first].exitCode)
                    #expect(verdict.exitCode != 0)
                }
            }
        }
    }

    /// No set of outcomes with something unknown or wrong in it passes.
    @Test(arguments: TestSeed.seeds(4, for: "verdict"))
    func nothingButSuccessPasses(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            let steps = (0..<random.pick(1...4)).map { _ in
                let results: [StepResult] = [
                    .passed, .passed, .passed, .failed(.mismatch("")), .notRun("x"),
                    .failed(.inconclusive("")),
                ]
                return StepOutcome("s", random.pick(results))
            }
            let controls = (0..<random.pick(0...4)).map { _ in
                let seen: [ControlObservation] = [
                    .ended(exitCode: 13, leaked: false), .ended(exitCode: 13, leaked: false),
                    .ended(exitCode: 13, leaked: true), .ended(exitCode: 0, leaked: false),
                    .notRun("x"),
                ]
                return ControlOutcome("N1", seed: 1, expected: [13], observed: random.pick(seen))
            }
            let verdict = DrillVerdict(steps: steps, controls: controls)
            let isGood =
                steps.allSatisfy { $0.result == .passed }
                && controls.allSatisfy { $0.observed == .ended(exitCode: 13, leaked: false) }
            #expect((verdict.exitCode == 0) == isGood, "seed \(seed)")
            #expect((verdict.word == "pass") == isGood, "seed \(seed)")
            let isBlind = controls.contains { $0.score == .missed }
            #expect((verdict.exitCode == 19) == isBlind, "seed \(seed)")
        }
    }
}
