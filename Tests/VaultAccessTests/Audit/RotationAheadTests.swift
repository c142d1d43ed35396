import Testing
import VaultTestSupport

@testable import VaultAccess

/// Rotating a file before it is full, so that no request waits for the disk.
@Suite struct RotationAheadTests {
    private let fixture: AuditFixture
    private let log: AuditLog

    init() throws {
        fixture = try AuditFixture()
        fixture.settings.fileBytesMax = 40_000
        log = try fixture.open()
        try log.unlock(fixture.keys, now: fixture.now)
    }

    private func finishedFiles() throws -> Int {
        try Files.names(in: fixture.path).filter { $0.hasPrefix("audit-") }.count
    }

    /// Lines of about 350 bytes, up to more than three quarters of the file.
    private func fill() throws {
        while try Files.read(fixture.file()).count <= 31_000 { try fixture.write(1, to: log) }
    }

    @Test func aFileThatIsNearlyFullAsksOnceToBeRotated() throws {
        try fixture.write(10, to: log)
        #expect(!log.asksForRotation())
        try fill()
        #expect(log.asksForRotation())
        try fixture.write(1, to: log)
        #expect(!log.asksForRotation())
    }

    @Test func itIsRotatedAsAFullOneIs() throws {
        try fill()
        log.rotateIfNear(now: fixture.now)
        #expect(try finishedFiles() == 1)
        #expect(try fixture.text().count == 1)
        try fixture.write(10, to: log)
        #expect(try fixture.verifyAll().summary == [])
    }

    @Test func theNextFileAsksToo() throws {
        try fill()
        #expect(log.asksForRotation())
        log.rotateIfNear(now: fixture.now)
        try fill()
        #expect(log.asksForRotation())
    }

    @Test func aFileWithRoomStays() throws {
        try fixture.write(10, to: log)
        log.rotateIfNear(now: fixture.now)
        #expect(try finishedFiles() == 0)
    }
}
