import Synchronization
import Testing
import VaultTestSupport

@testable import VaultAccess

/// New lines begin their way to the disk in pieces, before the sync of all of them.
@Suite struct WritingAheadTests {
    private final class Pieces: Sendable {
        let count = Atomic(0)
    }

    private let fixture: AuditFixture
    private let pieces: Pieces

    init() throws {
        let pieces = Pieces()
        self.pieces = pieces
        fixture = try AuditFixture()
        fixture.settings.synchronization = .interval(.seconds(1))
        fixture.hook = { step in
            if step == .startWriting { pieces.count.wrappingAdd(1, ordering: .relaxed) }
            return nil
        }
    }

    /// Lines of at least 300 bytes.
    private func writePiece(_ log: AuditLog) throws {
        try fixture.write(Int(AuditLimits.writingBytes) / 300, to: log)
    }

    private var count: Int { pieces.count.load(ordering: .relaxed) }

    @Test func eachPieceBeginsOnce() throws {
        let log = try fixture.open()
        try fixture.write(16, to: log)
        #expect(!log.asksForWriting())
        log.startWriting(now: fixture.now)
        #expect(count == 0)

        try writePiece(log)
        #expect(log.asksForWriting())
        #expect(!log.asksForWriting())
        log.startWriting(now: fixture.now)
        log.startWriting(now: fixture.now)
        #expect(count == 1)

        // The next one leaves the disk to others for a moment.
        try writePiece(log)
        #expect(!log.asksForWriting())
        fixture.now += AuditLimits.writingInterval
        try fixture.write(1, to: log)
        #expect(log.asksForWriting())
        log.startWriting(now: fixture.now)
        #expect(count == 2)
        #expect(try fixture.verify().summary == [])
    }

    @Test func aSyncLeavesNothingToBegin() throws {
        let log = try fixture.open()
        try writePiece(log)
        log.synchronizeIfDue(now: fixture.now)
        log.startWriting(now: fixture.now + AuditLimits.writingInterval)
        #expect(count == 0)
    }

    @Test func aNewFileBeginsAnew() throws {
        fixture.settings.fileBytesMax = 3 * AuditLimits.writingBytes
        let log = try fixture.open()
        for _ in 0..<8 {
            try writePiece(log)
            fixture.now += AuditLimits.writingInterval
            log.startWriting(now: fixture.now)
        }
        // Of files with room for two pieces and a half most pieces are whole.
        #expect(count >= 4)
        #expect(try fixture.verifyAll().summary == [])
    }

    @Test func whereNothingIsSynchronizedOrEverythingNoneIsBegun() throws {
        for synchronization in [AuditSettings.Synchronization.never, .eachBatch] {
            fixture.settings.synchronization = synchronization
            let log = try fixture.open()
            try writePiece(log)
            #expect(!log.asksForWriting())
            log.startWriting(now: fixture.now)
            log.close()
        }
        #expect(count == 0)
    }
}
