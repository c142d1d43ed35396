import Glibc
import Testing
import VaultTestSupport

@testable import VaultBackup

/// The ledger: chained, signed, and true after every crash.
@Suite struct DrillLedgerTests {
    private let directory: TemporaryDirectory
    private let files: DirectoryFiles

    init() throws {
        directory = try TemporaryDirectory()
        files = try DirectoryFiles.open(directory.path)
    }

    private func open(_ files: (any BackupFiles)? = nil) throws(BackupError) -> DrillLedger {
        let files = files ?? self.files
        return try PatientLedger.open("drills.jsonl", key: "drills.key", now: 5000, in: files)
    }

    private func write(_ count: Int, host: String = "drill-host") throws {
        var ledger = try open()
        for number in 1...count {
            var report = Reports.full(number)
            report.host = host
            try ledger.append(.drill(report), at: Int64(number))
        }
    }

    private func bytes() throws -> [UInt8] { try Files.read(directory.file("drills.jsonl")) }

    private func lines() throws -> [[UInt8]] { try bytes().split(separator: 0x0A).map(Array.init) }

    private func joined(_ lines: some Sequence<[UInt8]>) -> [UInt8] {
        lines.reduce(into: []) { $0 += $1 + [0x0A] }
    }

    private func put(_ lines: [[UInt8]]) throws {
        try Files.write(joined(lines), to: directory.file("drills.jsonl"))
    }

    private func publicKey() throws -> [UInt8] {
        try LedgerKey.open("drills.key", in: files).publicHalf
    }

    @Test func whatIsWrittenIsReadBackAndVerifiesWithThePublicKeyAlone() throws {
        try write(3)
        let contents = try LedgerContents(try bytes(), publicKey: try publicKey())
        #expect(contents.lines.map(\.body) == (1...3).map { .drill(Reports.full($0)) })
        #expect(contents.lines.map(\.sequence) == [1, 2, 3])
        #expect(contents.lines.map(\.time) == [1, 2, 3])
        let state = try open().state
        #expect(state.reports.count == 3)
        #expect(state.signers == [String(repeating: "ef", count: 32)])
        #expect(state.drilledGood == ["digest-1", "digest-2", "digest-3"])
        #expect(state.offlineKeyProven == Reports.time)
        let names = ["drills.jsonl", "drills.jsonl.head", "drills.key"]
        #expect(try Files.names(in: directory.path) == names)
        for name in names { #expect(Files.mode(directory.file(name)) == 0o600) }
    }

    @Test func theKeyIsMadeOnceAndMustBePrivate() throws {
        let first = try publicKey()
        #expect(try publicKey() == first)
        #expect(try LedgerKey.open("other.key", in: files).publicHalf != first)
        chmod(directory.file("drills.key"), 0o640)
        #expect(throws: BackupError.self) { try publicKey() }
        chmod(directory.file("drills.key"), 0o600)
        try Files.write([UInt8](repeating: 1, count: 31), to: directory.file("drills.key"))
        #expect(throws: BackupError.self) { try publicKey() }
    }

    @Test func everyChangedByteIsFound() throws {
        try write(2)
        let (bytes, key) = (try bytes(), try publicKey())
        var random = SeededRandom(seed: 1)
        for index in bytes.indices where index % 7 == 0 || index > bytes.count - 200 {
            var changed = bytes
            changed[index] ^= 1 << UInt8(random.next() % 8)
            do {
                let contents = try LedgerContents(changed, publicKey: key)
                // Only the last line's end: the line is then one that a crash cut short.
                #expect(contents.tornByteCount > 0 && index == bytes.count - 1, "byte \(index)")
            } catch { #expect(error.exitCode == 13) }
        }
    }

    @Test func removedMovedRepeatedAndForeignLinesAreFound() throws {
        try write(4)
        let (good, key) = (try lines(), try publicKey())
        let head = try LedgerContents(try bytes(), publicKey: key).head
        let foreign = Array(good[1].reversed())
        let bad: [[[UInt8]]] = [
            Array(good[1...]), [good[0], good[2], good[3]], [good[0], good[2], good[1], good[3]],
            [good[0], good[0], good[1], good[2], good[3]], good + [good[3]], [foreign] + good,
            good + [[]],
        ]
        for lines in bad {
            let bytes = joined(lines)
            let error = #expect(throws: BackupError.self) {
                try LedgerContents(bytes, publicKey: key)
            }
            #expect(error?.exitCode == 13)
        }
        // The end can only be missed by who knows that there was more.
        let cut = joined(good[..<3])
        #expect(try LedgerContents(cut, publicKey: key).lines.count == 3)
        #expect(throws: BackupError.self) { try LedgerContents(cut, publicKey: key, head: head) }
        try put(Array(good[..<3]))
        let error = #expect(throws: BackupError.self) { _ = try open() }
        #expect(error?.exitCode == 13)
    }

    @Test func aLedgerOfAnotherKeyOrAnotherPastIsFound() throws {
        try write(3)
        let (bytes, key) = (try bytes(), try publicKey())
        let other = try LedgerKey.open("other.key", in: files).publicHalf
        #expect(throws: BackupError.self) { try LedgerContents(bytes, publicKey: other) }
        let head = try LedgerContents(bytes, publicKey: key).head
        // Written anew by somebody with the key: only a head kept elsewhere tells.
        for name in ["drills.jsonl", "drills.jsonl.head"] { unlink(directory.file(name)) }
        try write(4, host: "another")
        let anew = try self.bytes()
        #expect(try LedgerContents(anew, publicKey: key).lines.count == 4)
        // Lines of both pasts, each signed and at its own place.
        let old = bytes.split(separator: 0x0A).map(Array.init)
        let new = anew.split(separator: 0x0A).map(Array.init)
        for mixed in [old[..<1] + new[1...], new[..<2] + old[2...]] {
            let mixture = joined(mixed)
            #expect(throws: BackupError.self) { try LedgerContents(mixture, publicKey: key) }
        }
        var later = head
        later.hash = LedgerLine.noHash
        #expect(throws: BackupError.self) { try LedgerContents(anew, publicKey: key, head: later) }
    }

    @Test func aHeadThatIsMissingOrDamagedIsFound() throws {
        try write(2)
        try Files.write("{}", to: directory.file("drills.jsonl.head"))
        #expect(throws: BackupError.self) { _ = try open() }
        unlink(directory.file("drills.jsonl.head"))
        #expect(throws: BackupError.self) { _ = try open() }
    }

    /// Cut at every byte of the last line, as a crash may.
    @Test func aTornLineIsCutOffAndNoted() throws {
        try write(2)
        let (two, headOfTwo) = (
            try bytes(), try Files.read(directory.file("drills.jsonl.head"))
        )
        var ledger = try open()
        try ledger.append(.missed(MissedRun(level: .restore, due: 77)), at: 3)
        _ = consume ledger
        let three = try bytes()
        for count in two.count..<three.count {
            try Files.write(Array(three[..<count]), to: directory.file("drills.jsonl"))
            try Files.write(headOfTwo, to: directory.file("drills.jsonl.head"))
            let opened = try open()
            let torn = count - two.count
            #expect(opened.state.tornLines == (torn > 0 ? 1 : 0))
            let contents = try LedgerContents(try bytes(), publicKey: opened.publicKey)
            #expect(contents.lines.count == (torn > 0 ? 3 : 2))
            guard torn > 0, case .torn(let line)? = contents.lines.last?.body else { continue }
            #expect(line.byteCount == torn)
        }
    }

    @Test func onlyOneProcessWritesAtATime() throws {
        let first = try open()
        let error = #expect(throws: BackupError.self) { _ = try open() }
        #expect(error?.exitCode == 21)
        _ = consume first
        _ = try open()
    }

    /// Every call fails once; what was acknowledged stays, and the ledger goes on afterwards.
    @Test(arguments: [ENOSPC, EIO])
    func aFailedWriteTakesNothingAlong(_ code: Int32) throws {
        try write(1)
        var target = 1
        while true {
            let faulty = InterposedFiles(files)
            var isHit = false
            faulty.intervene = { _ in
                guard faulty.callCount == target else { return nil }
                isHit = true
                return .fail(code)
            }
            let before = try open().state.missed.count
            var acknowledged = 0
            do {
                var ledger = try open(faulty)
                try ledger.append(.missed(MissedRun(level: .scrub, due: 1)), at: 1)
                acknowledged = 1
            } catch { #expect([20, 23].contains(error.exitCode)) }
            let after = try open().state.missed.count
            #expect(after - before >= acknowledged && after - before <= 1, "call \(target)")
            if !isHit { break }
            target += 1
        }
        #expect(target > 15)
    }

    @Test func anOlderStateOfTheBackupsIsNoticed() throws {
        try write(3)
        let state = try open().state
        let store = String(repeating: "cd", count: 16)
        try state.checkRollback(storeID: store, newest: 903)
        try state.checkRollback(storeID: "another", newest: 1)
        let error = #expect(throws: BackupError.self) {
            try state.checkRollback(storeID: store, newest: 902)
        }
        #expect(error?.exitCode == 15)
    }

    @Test func theStateIsTheSumOfTheLines() throws {
        var ledger = try open()
        var findings = Findings()
        var report = Reports.full(1, exit: 17)
        report.findings = findings.take(report.cases, at: report.ended)
        try ledger.append(.drill(report), at: report.ended)
        try ledger.append(
            MissedRun.between(
                last: report.started, now: report.started + 3 * Reports.day, every: Reports.day,
                grace: 0, level: .hostile),
            at: report.started + 3 * Reports.day)
        var prune = PruneRecord()
        (prune.time, prune.storeID, prune.sequence) = (9, "s", 12)
        prune.drills = LedgerHead()
        prune.drills?.sequence = 3
        try ledger.append(.prune(prune), at: 9)
        #expect(ledger.state.drillsSeen?.sequence == 3)
        // One that looked at none does not forget it.
        var other = PruneRecord()
        (other.time, other.storeID) = (9, "another")
        try ledger.append(.prune(other), at: 9)
        #expect(ledger.state.drillsSeen?.sequence == 3)
        #expect(ledger.state.findings.open.map(\.id) == ["F-1"])
        #expect(ledger.state.last(.hostile, good: true) == nil)
        #expect(ledger.state.drilledGood.isEmpty)
        #expect(ledger.state.lastRun(.hostile) == report.started + 2 * Reports.day)
        var good = Reports.full(5)
        good.findings = findings.take(good.cases, at: good.ended)
        try ledger.append(.drill(good), at: good.ended)
        #expect(ledger.state.findings.open.isEmpty)
        #expect(ledger.state.last(.hostile, good: true) == good)
        #expect(ledger.state.lastPrune["s"] == prune)
        let state = ledger.state
        _ = consume ledger
        #expect(try open().state == state)
    }
}
