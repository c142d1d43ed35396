import Testing

@testable import VaultAccess

@Suite struct LoginPacingTests {
    private func wait(
        _ pacing: inout LoginPacing, peer: UInt32 = 1000, user: String = "alice",
        at now: Duration
    ) -> Duration? {
        do throws(AccessError) {
            try pacing.begin(peerUserID: peer, user: user, now: now)
            return nil
        } catch {
            guard case .tooManyAttempts(let time) = error else { return .seconds(-1) }
            return time
        }
    }

    @Test func someTypingErrorsCostNothing() {
        var pacing = LoginPacing()
        for _ in 0..<AccessLimits.freeFailuresPerPeer {
            #expect(wait(&pacing, at: .zero) == nil)
        }
        #expect(wait(&pacing, at: .zero) == AccessLimits.loginDelayFirst)
    }

    @Test func eachFurtherFailureDoublesTheWaitUpToAMost() {
        var pacing = LoginPacing()
        var now = Duration.zero
        var waits: [Duration] = []
        for number in 0..<20 {
            // Another user each time: it is the caller who guesses.
            let user = "user \(number)"
            if let time = wait(&pacing, user: user, at: now) {
                waits.append(time)
                now += time
                #expect(wait(&pacing, user: user, at: now) == nil)
            }
        }
        let expected = (0..<15).map {
            min(AccessLimits.loginDelayFirst * (1 << $0), AccessLimits.peerLoginDelayMax)
        }
        #expect(waits == expected)
    }

    @Test func whoIsRefusedForHisHasteIsNotPunishedForIt() {
        var pacing = LoginPacing()
        for _ in 0..<AccessLimits.freeFailuresPerPeer { _ = wait(&pacing, at: .zero) }
        for _ in 0..<100 {
            #expect(wait(&pacing, at: .zero) == AccessLimits.loginDelayFirst)
        }
        #expect(wait(&pacing, at: AccessLimits.loginDelayFirst) == nil)
    }

    @Test func manyCallersDoNotGuessOneUsersPasswordFasterAndLockNobodyOut() {
        var pacing = LoginPacing()
        var now = Duration.zero
        var longest = Duration.zero
        for peer in 0..<UInt32(60) {
            if let time = wait(&pacing, peer: peer, at: now) {
                longest = max(longest, time)
                now += time
                #expect(wait(&pacing, peer: peer, at: now) == nil)
            }
        }
        #expect(longest == AccessLimits.userLoginDelayMax)
        #expect(wait(&pacing, peer: 999, user: "bob", at: now) == nil)
    }

    @Test func successForgivesTheUserAndNotWhatTheCallerGuessedOfOthers() {
        var pacing = LoginPacing()
        for _ in 0..<AccessLimits.freeFailuresPerPeer - 1 {
            _ = wait(&pacing, user: "root", at: .zero)
        }
        // An account of one's own, again and again.
        for _ in 0..<10 {
            #expect(wait(&pacing, user: "own", at: .zero) == nil)
            pacing.succeed(peerUserID: 1000, user: "own")
        }
        #expect(wait(&pacing, user: "root", at: .zero) == nil)
        #expect(wait(&pacing, user: "root", at: .zero) != nil)
    }

    @Test func attemptsThatHaveNotEndedCountAsFailed() {
        var pacing = LoginPacing()
        let together = (0..<100).filter { _ in wait(&pacing, at: .zero) == nil }
        #expect(together.count == AccessLimits.freeFailuresPerPeer)
    }

    @Test func everybodyTogetherHasARate() {
        var pacing = LoginPacing()
        func burst(_ pacing: inout LoginPacing, at now: Duration) -> Int {
            (0..<UInt32(1_000)).filter {
                let name = "\($0) at \(now)"
                return wait(&pacing, peer: $0, user: name, at: now) == nil
            }.count
        }
        #expect(burst(&pacing, at: .zero) == AccessLimits.loginBurst)
        #expect(burst(&pacing, at: .seconds(2)) == 2 * AccessLimits.loginsPerSecond)
        #expect(burst(&pacing, at: .seconds(1_000)) == AccessLimits.loginBurst)
    }

    @Test func whoLogsInAllTheTimeLeavesAttemptsForOthers() {
        var pacing = LoginPacing()
        func logIn(at now: Duration) -> Int {
            (0..<1_000).filter { _ in
                guard wait(&pacing, user: "own", at: now) == nil else { return false }
                pacing.succeed(peerUserID: 1000, user: "own")
                return true
            }.count
        }
        #expect(logIn(at: .zero) == AccessLimits.loginBurst / 2)
        #expect(wait(&pacing, peer: 2000, user: "other", at: .zero) == nil)
        // Nobody else is there: one has the whole rate, and still others get in.
        var count = 0
        for tenth in 1...1_000 { count += logIn(at: .milliseconds(100 * tenth)) }
        #expect(count >= 95 * AccessLimits.loginsPerSecond)
        #expect(wait(&pacing, peer: 3000, user: "third", at: .seconds(100)) == nil)
    }

    @Test func whatDidNotComeAboutCountsNothing() {
        var pacing = LoginPacing()
        for _ in 0..<3 * AccessLimits.freeFailuresPerPeer {
            #expect(wait(&pacing, at: .zero) == nil)
            pacing.takeBack(peerUserID: 1000, user: "alice")
        }
    }

    @Test func afterAWhileAllIsForgiven() {
        var pacing = LoginPacing()
        for second in 0..<60 { _ = wait(&pacing, at: .seconds(second)) }
        #expect(wait(&pacing, at: .seconds(60)) != nil)
        let later = Duration.seconds(60) + AccessLimits.failuresForgottenAfter
        for _ in 0..<AccessLimits.freeFailuresPerPeer {
            #expect(wait(&pacing, at: later) == nil)
        }
    }

    @Test func memoryIsBoundedAndTheWorstAreRemembered() {
        var pacing = LoginPacing(namesMax: 8)
        var now = Duration.zero
        for _ in 0..<8 {
            now += wait(&pacing, peer: 1, user: "root", at: now) ?? .zero
        }
        for number in 0..<200 {
            now += .milliseconds(100)
            _ = wait(&pacing, peer: 100 + UInt32(number), user: "u\(number)", at: now)
            #expect(pacing.entryCount <= 24)
        }
        let failed = FailureTable<UInt32>(freeFailures: 0, delayMax: .seconds(1), entriesMax: 1)
        #expect(failed.wait(of: 1, now: .zero) == .zero)
        _ = wait(&pacing, peer: 1, user: "root", at: now + .seconds(20))
        #expect(wait(&pacing, peer: 1, user: "root", at: now + .seconds(20)) != nil)
    }

    @Test func namesAreToldApartByTheirBytes() {
        var pacing = LoginPacing()
        for peer in 0..<UInt32(AccessLimits.freeFailuresPerUser) {
            _ = wait(&pacing, peer: peer, user: "caf\u{e9}", at: .zero)
        }
        #expect(wait(&pacing, peer: 99, user: "caf\u{e9}", at: .zero) != nil)
        #expect(wait(&pacing, peer: 99, user: "cafe\u{301}", at: .zero) == nil)
    }
}
