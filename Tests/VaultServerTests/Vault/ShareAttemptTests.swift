import Testing
import VaultSeal

@testable import VaultServer

/// Shares as they come, with a clock of our own.
@Suite struct ShareAttemptTests {
    private func newShares(_ count: UInt8, threshold: UInt8) throws -> [ShareBox] {
        let directory = TestDirectory()
        var texts: [ShareText] = []
        _ = try KeyringFile.create(in: directory.path, passphraseCost: .minimum) {
            (new) throws(SealError) in
            texts = try new.addShares(count: count, threshold: threshold, label: "")
        }
        return try texts.map { text in
            var bytes = text.withBytes { Array($0) }
            return try ShareBox(text: &bytes)
        }
    }

    /// Whether it was the last one that was missing.
    private func add(
        _ box: ShareBox, to attempt: inout ShareAttempt, at now: ContinuousClock.Instant
    ) throws -> Bool {
        guard let share = box.take(),
            let credential = try attempt.add(share, of: [box.set], now: now)
        else { return false }
        return credential.kind == .shamir
    }

    @Test func sharesLeftAloneForTooLongAreForgotten() throws {
        let shares = try newShares(3, threshold: 3)
        var attempt = ShareAttempt()
        let start = ContinuousClock.now
        let isDone = try add(shares[0], to: &attempt, at: start)
        let isEarly = attempt.expire(now: start + Limits.sharesKeptFor - .seconds(1))
        let given = attempt.progress?.given
        #expect(!isDone && !isEarly && given == 1)
        let isLate = attempt.expire(now: start + Limits.sharesKeptFor)
        let left = attempt.progress?.given
        #expect(isLate && left == nil)
    }

    @Test func eachShareGivesTheOthersMoreTime() throws {
        let shares = try newShares(3, threshold: 3)
        var attempt = ShareAttempt()
        let start = ContinuousClock.now
        let later = start + Limits.sharesKeptFor - .seconds(1)
        _ = try add(shares[0], to: &attempt, at: start)
        _ = try add(shares[1], to: &attempt, at: later)
        let isLate = attempt.expire(now: later + .seconds(60))
        let given = attempt.progress?.given
        #expect(!isLate && given == 2)
    }
}
