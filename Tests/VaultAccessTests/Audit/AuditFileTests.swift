import Glibc
import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultAccess

/// What happens to the files, by the log itself and by others.
@Suite struct AuditFileTests {
    private let fixture: AuditFixture
    private let faults = AuditFaults()

    init() throws {
        fixture = try AuditFixture()
        fixture.hook = faults.hook
    }

    private func opened() throws -> AuditLog {
        let log = try fixture.open()
        try log.unlock(fixture.keys, now: fixture.now)
        return log
    }

    @Test func filesAreTheirOwnersAlone() throws {
        let log = try opened()
        #expect(Files.mode(fixture.path) == 0o700)
        #expect(Files.mode(fixture.file()) == 0o600)
        #expect(Files.mode(fixture.head) == 0o600)
        log.close()
        chmod(fixture.file(), 0o640)
        #expect(throws: AuditError.self) { try fixture.open() }
        chmod(fixture.file(), 0o600)
        chmod(fixture.path, 0o750)
        #expect(throws: AuditError.self) { try fixture.open() }
        chmod(fixture.path, 0o700)
        rename(fixture.file(), fixture.file("elsewhere"))
        symlink(fixture.file("elsewhere"), fixture.file())
        #expect(throws: AuditError.self) { try fixture.open() }
    }

    @Test func aLogGoesOnAcrossRestartsSealsAndRotations() throws {
        fixture.settings.fileBytesMax = 20_000
        for _ in 0..<3 {
            let log = try opened()
            try fixture.write(200, to: log)
            try log.lock(now: fixture.now)
            try fixture.write(3, to: log, keyNames: .hashed(nil))
            log.close()
        }
        let report = try fixture.verifyAll()
        #expect(report.summary == [])
        #expect(report.files.count > 5 && report.unauthenticatedTail == 3)
        #expect(try fixture.text().last?.contains("\"mac\"") == false)
    }

    @Test func onlyAsManyFinishedFilesStayAsAreWanted() throws {
        fixture.settings.fileBytesMax = 20_000
        fixture.settings.keepFiles = 2
        let log = try opened()
        try fixture.write(1_000, to: log)
        let names = try Files.names(in: fixture.path).filter { $0.hasPrefix("audit-") }
        #expect(names.count == 2)
        #expect(try fixture.verifyAll().summary == [])
    }

    @Test func anOldFileIsRotated() throws {
        let log = try opened()
        try fixture.write(1, to: log)
        log.check(now: fixture.now + 3600 * 1_000_000)
        #expect(try fixture.text().count == 3)
        log.check(now: fixture.now + 25 * 3600 * 1_000_000)
        #expect(try fixture.text().count == 1)
        #expect(try fixture.verifyAll().summary == [])
    }

    @Test func aMissingFileOfASeriesIsNamed() throws {
        fixture.settings.fileBytesMax = 20_000
        let log = try opened()
        try fixture.write(400, to: log)
        let names = try Files.names(in: fixture.path).filter { $0.hasSuffix(".jsonl") }
        try #require(names.count > 4)
        let lost = try #require(AuditFileName.firstSequence(in: names[1]))
        let next = try #require(AuditFileName.firstSequence(in: names[2]))
        let report = try fixture.verify([names[0]] + names[2...])
        #expect(report.summary == ["missing file at 1 seq \(lost)-\(next - 1)"])
        #expect(report.problems.first?.file == fixture.file(names[2]))
    }

    /// A kill between any two system calls: what was written is there, and the log goes on.
    @Test func aCrashAtAnyStepOfARotationLeavesALogThatGoesOn() throws {
        fixture.settings.fileBytesMax = 4_000
        let log = try opened()
        try fixture.write(8, to: log, perBatch: 1)
        let before = faults.calls
        try fixture.write(40, to: log, perBatch: 1)
        let calls = faults.calls - before
        log.close()
        for step in 0..<calls {
            let one = try AuditFixture()
            let faults = AuditFaults()
            one.settings.fileBytesMax = 4_000
            one.hook = faults.hook
            let dying = try one.open()
            try dying.unlock(one.keys, now: one.now)
            try one.write(8, to: dying, perBatch: 1)
            faults.die(after: step)
            let written = dying.sequence
            let acknowledged = AuditLedger.write(upTo: 40, to: dying, one)
            one.hook = nil
            let log = try one.open()
            #expect(log.state == .writing, "step \(step): \(log.state)")
            try log.unlock(one.keys, now: one.now)
            try one.write(2, to: log)
            log.close()
            let report = try one.verifyAll()
            #expect(report.summary == [], "step \(step)")
            let last = try #require(report.lastSequence)
            #expect(last >= written + UInt64(acknowledged), "step \(step)")
            #expect(report.lineCount == Int(last), "step \(step)")
        }
    }

    @Test func aTornLineIsCutOffAndSaidSo() throws {
        let log = try opened()
        try fixture.write(3, to: log)
        log.close()
        let whole = try Files.read(fixture.file())
        try Files.write(whole + whole.prefix(70), to: fixture.file())
        let again = try fixture.open()
        #expect(again.state == .writing)
        let report = try fixture.verify()
        #expect(report.summary == [])
        #expect(
            report.incidents.map(\.text) == [
                "a line was not written to its end; 70 bytes were cut off"
            ])
    }

    @Test func linesThatTheHeadDoesNotKnowYetAreKept() throws {
        let log = try opened()
        let head = try Files.read(fixture.head)
        try fixture.write(9, to: log)
        try Files.write(head, to: fixture.head)
        let again = try fixture.open()
        #expect(again.state == .writing && again.sequence == 12)
        #expect(try fixture.verify().summary == [])
    }

    @Test func manyWritersMakeOneChain() throws {
        let log = try opened()
        let keys = fixture.keys
        let time = fixture.now
        let threads = (0..<4).map { thread in
            TestThread {
                var batch = AuditBatch(keyNames: .hashed(keys))
                for number in 0..<300 {
                    for _ in 0..<(number % 5) {
                        var entry = AuditEntry(
                            time: time, peer: PeerIdentity(processID: 1, userID: 0, groupID: 0),
                            method: "m", decision: .allowed, status: .ok)
                        entry.user = "thread \(thread)"
                        batch.append(entry)
                    }
                    do throws(AuditError) {
                        try log.write(&batch, now: time)
                    } catch {
                        Issue.record("\(error)")
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        let report = try fixture.verify()
        #expect(report.summary == [] && report.lineCount == 2 + 4 * 600)
        #expect(report.lastSequence == UInt64(report.lineCount))
    }

    /// kill -9 in the middle of writing: no line is lost whose `write` returned.
    @Test func aKilledWriterLosesNoLineThatWasWritten() throws {
        for round in 0..<5 {
            var opened: AuditLog?
            let acknowledged = try KilledChild.run(
                after: 20 + 40 * round, filesOf: fixture.path
            ) { (number: UInt64) -> UInt64? in
                do {
                    let log = try opened ?? fixture.open()
                    if opened == nil {
                        // Made here: guarded memory is zeros in a process that was forked.
                        try log.unlock(AuditFixture.keys(byte: 0x42), now: fixture.now)
                    }
                    opened = log
                    try fixture.write(Int(number % 7) + 1, to: log)
                    return log.sequence
                } catch {
                    return nil
                }
            }
            let again = try fixture.open()
            #expect(again.state == .writing, "round \(round)")
            let report = try fixture.verifyAll()
            #expect(report.summary == [], "round \(round)")
            #expect(report.lastSequence.map { $0 > acknowledged } ?? false, "round \(round)")
            again.close()
        }
    }
}
