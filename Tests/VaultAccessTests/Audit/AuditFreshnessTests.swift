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

    @Test func withoutALogNothingIsKnown() throws {
        #expect(try newest(try AuditFixture()) == nil)
    }
}
