import Testing

@testable import VaultBackup

/// When a prune does not believe what it sees.
@Suite struct PruneRefusalTests {
    private func refusal(_ input: PruneInput) -> BackupError? {
        do throws(BackupError) {
            _ = try PrunePlan(input)
            return nil
        } catch { return error }
    }

    /// Whoever can add files can write the digest of a real archive into one.
    @Test func aSecondArchiveWithADigestAndAnotherKeyIsRefused() {
        var input = Shelf.daily(3).input
        for index in input.candidates.indices { input.candidates[index].signer = [1] }
        var copy = input.candidates[1]
        copy.entry.fileName = "a copy.vab"
        input.candidates.append(copy)
        #expect(refusal(input) == nil)
        input.candidates[3].signer = [2]
        #expect(refusal(input)?.exitCode == 13)
    }

    /// Control N16.
    @Test func aClockThatIsFarAheadOrBehindIsRefused() {
        var input = Shelf.daily(40).input
        #expect(refusal(input) == nil)
        let now = input.now
        for (days, code) in [(400, 22), (31, 22), (-1, 22), (-40, 22), (29, nil), (0, nil)] {
            input.now = now + Int64(days) * Shelf.day
            #expect(refusal(input)?.exitCode == code.map(Int32.init), "\(days) days")
        }
        input.now = now - 200_000
        #expect(refusal(input) == nil)
    }

    /// With the newest archive two days old, only these know that it was later already.
    @Test func theLedgerTheMarksAndTheLastPruneTellTheTimeToo() {
        var input = Shelf.daily(3).input
        let later = input.now + 2 * Shelf.day
        input.now += Shelf.day
        #expect(refusal(input) == nil)
        input.newestLedgerTime = later
        #expect(refusal(input)?.exitCode == 22)
        input.newestLedgerTime = 0
        input.marks = ["d1.vab": later]
        #expect(refusal(input)?.exitCode == 22)
        input.marks = [:]
        var record = PruneRecord()
        record.time = later
        input.lastPrune = [Shelf.store: record]
        #expect(refusal(input)?.exitCode == 22)
        // Or, the other way, that a month passed without a backup.
        input.lastPrune = [:]
        input.now += 40 * Shelf.day
        #expect(refusal(input)?.exitCode == 22)
        input.newestLedgerTime = input.now - Shelf.day
        #expect(refusal(input) == nil)
    }

    /// A backup made with the clock 400 days ahead would make all others look old.
    @Test func anArchiveFromTheFutureDoesNotAgeTheOthers() {
        var shelf = Shelf.daily(5)
        shelf.add(at: Shelf.start + 400 * Shelf.day)
        var input = shelf.input
        #expect(refusal(input)?.exitCode == 22)
        shelf.add(at: Shelf.start + 401 * Shelf.day)
        input = shelf.input
        #expect(refusal(input)?.exitCode == 22)
        // Somebody looked, or a prune since then saw it.
        input.limits.isConfirmed = true
        #expect(refusal(input) == nil)
        input.limits.isConfirmed = false
        var record = PruneRecord()
        (record.sequence, record.time) = (7, input.now)
        input.lastPrune = [Shelf.store: record]
        #expect(refusal(input) == nil)
    }

    @Test func evenConfirmedNothingIsDeletedByAMarkFromTheFuture() throws {
        var input = Shelf.daily(5).input
        input.rules = KeepRules(everythingWithin: nil, periods: [:], minimum: 1)
        input.limits.isConfirmed = true
        input.marks = ["d1.vab": input.now + 400 * Shelf.day]
        let actions = try PrunePlan(input).actions
        #expect(!actions.contains(.delete(fileName: "d1.vab")))
    }

    /// Control N19: fake newer archives that push the old ones out.
    @Test func moreArchivesThanTheScheduleMakesAreRefused() {
        var shelf = Shelf.daily(30)
        var input = shelf.input
        input.limits.backupInterval = Shelf.day
        input.limits.extraBackups = 3
        #expect(refusal(input) == nil)
        for minute in 1...4 { shelf.add(at: Shelf.start + 29 * Shelf.day + Int64(minute) * 60_000) }
        input.candidates = shelf.input.candidates
        input.now = shelf.input.now
        #expect(refusal(input)?.exitCode == 13)
        input.limits.extraBackups = 4
        #expect(refusal(input) == nil)
        // After a prune only what is new counts, and only since then.
        var record = PruneRecord()
        (record.sequence, record.time) = (30, Shelf.start + 29 * Shelf.day)
        input.lastPrune = [Shelf.store: record]
        input.limits.extraBackups = 3
        #expect(refusal(input) == nil)
        input.limits.extraBackups = 2
        #expect(refusal(input)?.exitCode == 13)
        input.limits.isConfirmed = true
        #expect(refusal(input) == nil)
    }

    @Test func oneArchiveThatIsNotAuthenticStopsAll() {
        var input = Shelf.daily(5).input
        input.candidates[3].isAuthentic = false
        let error = refusal(input)
        #expect(error?.exitCode == 13 && error?.message.contains("d4.vab") == true)
        input.limits.isConfirmed = true
        #expect(refusal(input)?.exitCode == 13)
    }

    @Test func numbersAreGivenOnceAndRiseWithTimeAndRevision() {
        var shelf = Shelf.daily(5)
        shelf.change("d4") { $0.sequence = 3 }
        #expect(refusal(shelf.input)?.exitCode == 13)
        shelf = Shelf.daily(5)
        shelf.change("d4") { $0.lastRevision = 2 }
        #expect(refusal(shelf.input)?.exitCode == 13)
        shelf = Shelf.daily(5)
        shelf.change("d4") { $0.created = Shelf.start }
        #expect(refusal(shelf.input)?.exitCode == 22)
        // A new timeline begins anew.
        shelf = Shelf.daily(5)
        shelf.change("d4") { ($0.timeline, $0.lastRevision) = (2, 2) }
        shelf.change("d5") { ($0.timeline, $0.lastRevision) = (2, 3) }
        #expect(refusal(shelf.input) == nil)
    }
}
