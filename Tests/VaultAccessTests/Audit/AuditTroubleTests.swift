import Glibc
import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultAccess

/// Full disks, broken disks, and people who lay hands on the files.
@Suite struct AuditTroubleTests {
    private let fixture: AuditFixture
    private let faults = AuditFaults()
    private let log: AuditLog

    init() throws {
        fixture = try AuditFixture()
        fixture.hook = faults.hook
        log = try fixture.open()
        try log.unlock(fixture.keys, now: fixture.now)
        try fixture.write(10, to: log)
    }

    private func check() -> AuditState {
        fixture.now += 1_000_000
        return log.check(now: fixture.now)
    }

    /// What must be true whatever was done to the file while it was open.
    private func expectBroken(_ kind: AuditTrouble.Kind, from: UInt64) throws {
        #expect(log.acceptsEverybody)
        let trouble = AuditTrouble(kind: kind, from: from)
        #expect(check() == .broken(trouble))
        #expect(!log.acceptsEverybody)
        #expect(throws: AuditError.broken(trouble)) { try fixture.write(1, to: log) }
        try fixture.write(1, to: log, isAdministrator: true)
        let opened = try #require(try fixture.text().first)
        #expect(opened.contains("\"trouble\":\"\(trouble.reason)\",\"from\":\(from)"))
        #expect(check() == .broken(trouble), "until an administrator has seen it")
        try log.resume(now: fixture.now)
        try fixture.write(3, to: log)
        #expect(try fixture.text().contains { $0.contains("\"refused-unlogged\",\"count\":1") })
        #expect(try fixture.verify().summary == [])
        #expect(try fixture.verify().incidents.count == 2)
    }

    @Test func aRemovedFileIsNoticed() throws {
        unlink(fixture.file())
        try expectBroken(.removed, from: 1)
    }

    @Test func aReplacedFileIsNoticed() throws {
        let copy = try Files.read(fixture.file())
        unlink(fixture.file())
        try Files.write(copy, to: fixture.file())
        try expectBroken(.replaced, from: 1)
        #expect(try Files.names(in: fixture.path).contains { $0.hasPrefix("audit-foreign-") })
    }

    @Test func aTruncatedFileIsNoticed() throws {
        let size = try fixture.lines().prefix(5).map { $0.count + 1 }.reduce(0, +)
        truncate(fixture.file(), off_t(size + 20))
        try expectBroken(.truncated, from: 6)
        let names = [AuditFileName.rotated(1), AuditFileName.current]
        let found = try fixture.verify(names).summary
        #expect(found.contains("truncated at 6 seq 6-12"), "\(found)")
    }

    @Test func aForeignLineIsNoticed() throws {
        let whole = try Files.read(fixture.file())
        try Files.write(whole + Array("{\"seq\":13}\n".utf8), to: fixture.file())
        try expectBroken(.appended, from: 13)
        let names = [AuditFileName.rotated(1), AuditFileName.current]
        let found = try fixture.verify(names).summary
        #expect(found == ["inserted at 13"], "\(found)")
    }

    @Test func aFileThatOthersMayReadIsNoticed() throws {
        chmod(fixture.file(), 0o644)
        try expectBroken(.exposed, from: 13)
    }

    @Test func whatIsDoneWhileNobodyWatchesIsNoticedAtTheStart() throws {
        log.close()
        let whole = try Files.read(fixture.file())
        let head = try Files.read(fixture.head)
        let cases: [(AuditTrouble.Kind, UInt64, (String) throws -> Void)] = [
            (.truncated, 12, { try Files.write(Array(whole.dropLast(30)), to: $0) }),
            (.changed, 13, { try Files.write(whole + Array("{}\n".utf8), to: $0) }),
            (.removed, 1, { TemporaryDirectory.remove($0) }),
            (.replaced, 1, { try Files.write(whole + whole.dropFirst(60), to: $0) }),
        ]
        for (kind, from, change) in cases.dropLast() {
            try Files.write(whole, to: fixture.file())
            try Files.write(head, to: fixture.head)
            try change(fixture.file())
            let again = try fixture.open()
            #expect(again.state == .broken(AuditTrouble(kind: kind, from: from)))
            again.close()
            TemporaryDirectory.remove(fixture.file(AuditFileName.rotated(1)))
        }
        TemporaryDirectory.remove(fixture.path)
        #expect(mkdir(fixture.path, 0o700) == 0)
        try Files.write(whole, to: fixture.file())
        let again = try fixture.open()
        #expect(again.state == .broken(AuditTrouble(kind: .headMissing, from: 13)))
    }

    @Test func afterAPowerCutMissingLinesAreRecordedAndNobodyIsStopped() throws {
        log.close()
        var head = try #require(AuditHead(decoding: try Files.read(fixture.head)))
        head.bootID = [UInt8](repeating: 7, count: 16)
        try Files.write(head.encoded, to: fixture.head)
        let whole = try Files.read(fixture.file())
        try Files.write(Array(whole.dropLast(30)), to: fixture.file())
        let again = try fixture.open()
        #expect(again.state == .writing && again.sequence == 13)
        #expect(try fixture.verify().incidents.count == 1)
    }

    /// Whoever can write to the disk can give a head its checksum.
    @Test(arguments: ["size", "first", "last", "authenticated"])
    func aHeadWithNumbersThatNoLogReachesIsNone(_ number: String) throws {
        log.close()
        var head = try #require(AuditHead(decoding: try Files.read(fixture.head)))
        switch number {
        case "size": head.size = .max
        case "first": head.firstSequence = .max
        case "last": head.point.sequence = .max
        default: head.authenticated.sequence = .max
        }
        try Files.write(head.encoded, to: fixture.head)
        let again = try fixture.open()
        #expect(again.state == .broken(AuditTrouble(kind: .headMissing, from: 13)))
    }

    @Test func onAFullDiskTheReserveIsForAdministrators() throws {
        faults.set(.errno(ENOSPC), for: .allocate)
        // What was allocated ahead carries on for a while.
        var refused = 0
        for _ in 0..<400 where refused == 0 {
            do throws(AuditError) {
                try fixture.write(1, to: log)
            } catch {
                #expect(error == .reserveOnly)
                refused += 1
            }
        }
        #expect(refused == 1 && log.state == .reserveOnly && !log.acceptsEverybody)
        var batch = AuditBatch(keyNames: .plain)
        fixture.append("of an administrator", fixture.entry(1, isAdministrator: true), to: &batch)
        fixture.append("of somebody", fixture.entry(2), to: &batch)
        #expect(throws: AuditError.reserveOnly) { try log.write(&batch, now: fixture.now) }
        let waiting = batch.count
        #expect(waiting == 0)
        log.countRefused(5)
        #expect(check() == .reserveOnly)
        faults.set(nil, for: .allocate)
        #expect(check() == .writing && log.acceptsEverybody)
        let text = try fixture.text()
        #expect(text.contains { $0.contains("of an administrator") })
        #expect(!text.contains { $0.contains("of somebody") })
        let last = text.last ?? ""
        #expect(last.contains("\"event\":\"refused-unlogged\",\"count\":7"), "\(last)")
        #expect(try fixture.verify().summary == [])
    }

    @Test func withoutPreallocationAFileOfZerosIsTheReserve() throws {
        log.close()
        faults.set(.errno(EOPNOTSUPP), for: .allocate)
        let again = try fixture.open()
        #expect(try Files.read(fixture.file(AuditFileName.reserve)).count == 64 << 10)
        faults.set(.short(50, errno: ENOSPC), for: .write)
        #expect(throws: AuditError.reserveOnly) { try fixture.write(1, to: again) }
        #expect(!Files.exists(fixture.file(AuditFileName.reserve)))
        faults.set(nil, for: .write)
        fixture.now += 1_000_000
        #expect(again.check(now: fixture.now) == .writing)
        #expect(Files.exists(fixture.file(AuditFileName.reserve)))
        #expect(try fixture.verify().summary == [])
    }

    @Test func aBrokenDiskStopsEverybodyUntilItWorks() throws {
        faults.set(.short(100, errno: EIO), for: .write)
        #expect(throws: AuditError.self) { try fixture.write(2, to: log, isAdministrator: true) }
        #expect(log.state == .unwritable(errno: EIO))
        #expect(check() == .unwritable(errno: EIO))
        faults.set(nil, for: .write)
        #expect(throws: AuditError.self) { try fixture.write(1, to: log) }
        #expect(check() == .writing)
        try fixture.write(1, to: log)
        #expect(try fixture.text().contains { $0.contains("\"refused-unlogged\",\"count\":3") })
        #expect(try fixture.verify().summary == [])
    }

    @Test func aSyncThatFailsStopsTheLog() throws {
        log.close()
        fixture.settings.synchronization = .interval(.seconds(1))
        let again = try fixture.open()
        faults.set(.errno(EIO), for: .synchronize)
        fixture.now += 2_000_000
        again.synchronizeIfDue(now: fixture.now)
        #expect(again.state == .unwritable(errno: EIO))
        #expect(!again.acceptsEverybody)
    }

    /// A real full disk, where the test may mount one.
    @Test func aFullFileSystemLeavesRoomForAdministrators() throws {
        let small = try AuditFixture()
        #expect(mkdir(small.path, 0o700) == 0)
        guard mount("tmpfs", small.path, "tmpfs", 0, "size=512k,mode=700") == 0 else { return }
        defer { umount2(small.path, Int32(MNT_DETACH)) }
        let log = try small.open()
        try log.unlock(small.keys, now: small.now)
        var written = 0
        while AuditLedger.write(upTo: 1, to: log, small) == 1, written < 5_000 { written += 1 }
        #expect(written < 5_000 && log.state == .reserveOnly)
        try small.write(100, to: log, isAdministrator: true)
        #expect(log.state == .reserveOnly)
        #expect(try small.verify().summary == [])
    }
}
