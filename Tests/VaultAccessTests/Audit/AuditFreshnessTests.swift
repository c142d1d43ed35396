import Glibc
import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultAccess

/// Which revision a log has seen: what its authenticated lines say, and nothing else.
@Suite struct AuditFreshnessTests {
    private func newest(_ fixture: AuditFixture) throws -> Int64? {
        try AuditLog.newestRevision(in: fixture.path, keys: fixture.keys)
    }

    @Test func theNewestLineWithAMACTells() throws {
        let fixture = try AuditFixture()
        let log = try fixture.open()
        #expect(try newest(fixture) == nil)
        // Sealed: without a MAC anybody could have written them.
        try fixture.write(9, to: log)
        #expect(try newest(fixture) == nil)
        try log.unlock(fixture.keys, now: fixture.now)
        try fixture.write(6, to: log)
        #expect(try newest(fixture) == 5)
        try log.lock(now: fixture.now)
        try fixture.write(50, to: log)
        #expect(try newest(fixture) == 5)
        log.close()
    }

    @Test func aFileThatWasJustBegunIsNotAll() throws {
        let fixture = try AuditFixture()
        fixture.settings.fileBytesMax = 8 << 10
        let log = try fixture.open()
        try log.unlock(fixture.keys, now: fixture.now)
        try fixture.write(40, to: log)
        #expect(try newest(fixture) == 39)
        log.close()
    }

    /// However long nothing changes: a file says what the ones before it told of, and so does
    /// the first after an unseal.
    @Test(arguments: [true, false])
    func aFileBeginsWithTheNewestRevisionOfThoseBefore(isWritten: Bool) throws {
        let fixture = try AuditFixture()
        fixture.settings.fileBytesMax = 8 << 10
        let log = try fixture.open()
        try log.unlock(fixture.keys, revision: isWritten ? 2 : 7, now: fixture.now)
        if isWritten { try fixture.write(8, to: log) }
        for _ in 0..<5 { try fixture.write(20, to: log, isWithRevision: false) }
        log.close()
        let files = try Files.names(in: fixture.path).filter { $0.hasPrefix("audit-") }
        #expect(files.count > 1)
        for name in files { #expect(unlink(fixture.path + "/" + name) == 0) }
        #expect(try newest(fixture) == 7)
    }

    /// Whoever may connect makes lines without a revision as many as they like, and whoever has the
    /// disk of a sealed vault adds lines without a MAC.
    @Test(arguments: [Int64(1 << 20), 64 << 20])
    func noNumberOfLinesAfterItHidesTheNewestRevision(fileBytesMax: Int64) throws {
        let fixture = try AuditFixture()
        fixture.settings.fileBytesMax = fileBytesMax
        let log = try fixture.open()
        try log.unlock(fixture.keys, now: fixture.now)
        try fixture.write(4, to: log)
        try log.lock(now: fixture.now)
        for _ in 0..<10 { try fixture.write(4_000, to: log) }
        log.close()
        let bytes = try Files.names(in: fixture.path).reduce(0) { sum, name in
            sum + (try Files.read(fixture.path + "/" + name)).count
        }
        #expect(bytes > 8 << 20, "\(bytes) bytes")
        #expect(try newest(fixture) == 3)
    }

    @Test func linesOfAnotherKeyOrWithAnotherRevisionSayNothing() throws {
        let fixture = try AuditFixture()
        let log = try fixture.open()
        try log.unlock(fixture.keys, now: fixture.now)
        try fixture.write(4, to: log)
        log.close()
        let other = try AuditFixture.keys(byte: 0x17)
        #expect(try AuditLog.newestRevision(in: fixture.path, keys: other) == nil)
        var bytes = try Files.read(fixture.file())
        let field = Array("\"revision\":3".utf8)
        let places = bytes.indices.filter { bytes[$0...].starts(with: field) }
        bytes[try #require(places.last) + field.count - 1] = UInt8(ascii: "9")
        try Files.write(bytes, to: fixture.file())
        #expect(try newest(fixture) == 2)
    }

    /// The same of the head, which says it too: of who rolls a store back, and has no key.
    @Test(arguments: ["changed", "removed", "inserted", "cut", "gone"])
    func nothingThatIsDoneToLinesHidesTheNewestRevision(_ how: String) throws {
        let fixture = try AuditFixture()
        let log = try fixture.open()
        try log.unlock(fixture.keys, revision: 1, now: fixture.now)
        try fixture.write(4, to: log)
        log.close()
        var lines = try fixture.lines()
        switch how {
        case "changed":
            let text = String(decoding: lines[lines.count - 1], as: UTF8.self)
            let edited = text.replacing("\"pid\"", with: "\"pld\"")
            #expect(edited != text)
            lines[lines.count - 1] = Array(edited.utf8)
        case "removed": lines.removeLast(1)
        case "inserted": lines.insert(lines[1], at: lines.count - 1)
        case "cut":
            // As a power cut would: nobody is stopped for that.
            lines.removeLast(2)
            var head = try #require(AuditHead(decoding: try Files.read(fixture.head)))
            head.bootID = [UInt8](repeating: 7, count: 16)
            try Files.write(head.encoded, to: fixture.head)
        default: lines = []
        }
        try fixture.replace(lines)
        let again = try fixture.open()
        #expect(try newest(fixture) != 3, "the lines alone")
        #expect(try again.newestRevision(fixture.keys) == 3)
        // Nor does a store that is older and was opened all the same, or another process.
        try again.unlock(fixture.keys, revision: 2, now: fixture.now)
        again.close()
        #expect(unlink(fixture.file()) == 0)
        let third = try fixture.open()
        #expect(try third.newestRevision(fixture.keys) == 3)
        #expect(try third.newestRevision(AuditFixture.keys(byte: 0x17)) == nil)
    }

    @Test func theHeadOfARunningLogIsTheOneThatItWrote() throws {
        let fixture = try AuditFixture()
        let log = try fixture.open()
        try log.unlock(fixture.keys, now: fixture.now)
        try fixture.write(4, to: log)
        try log.lock(now: fixture.now)
        #expect(unlink(fixture.head) == 0)
        try fixture.replace(try fixture.lines().filter { !$0.contains(UInt8(ascii: "3")) })
        #expect(try newest(fixture) != 3)
        #expect(try log.newestRevision(fixture.keys) == 3)
    }

    @Test func aHeadThatIsBehindItsLinesHidesNothing() throws {
        let fixture = try AuditFixture()
        let log = try fixture.open()
        try log.unlock(fixture.keys, revision: 1, now: fixture.now)
        let head = try Files.read(fixture.head)
        try fixture.write(4, to: log)
        log.close()
        try Files.write(head, to: fixture.head)
        #expect(try fixture.open().newestRevision(fixture.keys) == 3)
    }

    /// The checksum is anybody's to make.
    @Test func aHeadWithAnotherRevisionSaysNothing() throws {
        let fixture = try AuditFixture()
        let log = try fixture.open()
        try log.unlock(fixture.keys, now: fixture.now)
        try fixture.write(4, to: log)
        log.close()
        let head = try #require(AuditHead(decoding: try Files.read(fixture.head)))
        #expect(head.revision == 3 && head.isAuthentic(fixture.keys) == true)
        for revision in [9, 1, nil] as [Int64?] {
            var changed = head
            changed.revision = revision
            #expect(changed.isAuthentic(fixture.keys) == false)
            try Files.write(changed.encoded, to: fixture.head)
            let again = try fixture.open()
            #expect(try again.newestRevision(fixture.keys) == 3)
            try again.unlock(fixture.keys, now: fixture.now)
            #expect(try again.newestRevision(fixture.keys) == 3)
            again.close()
        }
    }

    @Test func aHeadOfTheFormatBeforeGoesOn() throws {
        let fixture = try AuditFixture()
        let log = try fixture.open()
        try log.unlock(fixture.keys, now: fixture.now)
        log.close()
        var head = try #require(AuditHead(decoding: try Files.read(fixture.head)))
        #expect(head.revision == nil && head.encoded[8] == 1)
        #expect(head.isAuthentic(fixture.keys) == true)
        let again = try fixture.open()
        #expect(again.state == .writing)
        try again.unlock(fixture.keys, revision: 5, now: fixture.now)
        head = try #require(AuditHead(decoding: try Files.read(fixture.head)))
        #expect(head.revision == 5 && head.encoded[8] == 2)
    }

    @Test func aLogThatCannotBeReadIsNotOneThatSaysNothing() throws {
        let fixture = try AuditFixture()
        let log = try fixture.open()
        TemporaryDirectory.remove(fixture.file())
        #expect(mkdir(fixture.file(), 0o700) == 0)
        #expect(throws: AuditError.self) { try log.newestRevision(fixture.keys) }
    }

    @Test func withoutALogNothingIsKnown() throws {
        #expect(try newest(try AuditFixture()) == nil)
    }
}
