import Glibc
import Testing
import VaultTestSupport

@testable import VaultAccess

/// Lines of a log that are taken out of its files and made a log again elsewhere.
@Suite struct AuditRebuildTests {
    private typealias Piece = (first: UInt64, lines: [UInt8])

    private let fixture: AuditFixture
    private let log: AuditLog
    private let elsewhere: TemporaryDirectory

    init() throws {
        fixture = try AuditFixture()
        fixture.settings.fileBytesMax = 40_000
        log = try fixture.open()
        try log.unlock(fixture.keys, now: fixture.now)
        elsewhere = try TemporaryDirectory()
    }

    private var target: String { elsewhere.file("audit") }

    private func export(after: UInt64, upTo: UInt64) throws -> [Piece] {
        var pieces: [Piece] = []
        try AuditExport.read(fixture.path, after: after, upTo: upTo) { first, lines in
            pieces.append((first, Array(lines)))
            return true
        }
        return pieces
    }

    private func take(_ pieces: [Piece], _ rebuild: AuditRebuild) throws(AuditError) {
        for piece in pieces {
            let outcome: Result<Void, AuditError> = piece.lines.withUnsafeBytes { lines in
                do throws(AuditError) {
                    return .success(try rebuild.take(first: piece.first, lines))
                } catch { return .failure(error) }
            }
            try outcome.get()
        }
    }

    private func hash(of position: AuditPosition) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: AuditHash.count)
        let isDone = Array(position.hash.utf8).withUnsafeBytes { text in
            bytes.withUnsafeMutableBytes { Hexadecimal.decode(text, into: $0) }
        }
        #expect(isDone)
        return bytes
    }

    private func finish(_ rebuild: AuditRebuild, at position: AuditPosition) throws(AuditError) {
        try rebuild.finish(
            sequence: position.sequence, hash: hash(of: position), keys: fixture.keys,
            now: fixture.now)
    }

    private func verify() throws -> AuditReport {
        let names = try Files.names(in: target).filter { $0.hasSuffix(".jsonl") }
        return try AuditVerifier(keys: fixture.keys).verify(names.map { "\(target)/\($0)" })
    }

    private func goOn() throws -> AuditLog {
        let log = try AuditLog(
            directory: target, storeID: fixture.storeID, settings: fixture.settings,
            now: fixture.now)
        #expect(log.state == .writing)
        try log.unlock(fixture.keys, now: fixture.now)
        try fixture.write(5, to: log)
        return log
    }

    /// In several archives, over rotations: the same files, and one chain across the restore.
    @Test func everyLineComesBackAndTheLogGoesOn() throws {
        let rebuild = try AuditRebuild(directory: target)
        var known: UInt64 = 0
        var position = log.position
        for count in [1, 150, 0, 40, 200] {
            try fixture.write(count, to: log)
            position = log.position
            let pieces = try export(after: known, upTo: position.sequence)
            // What came after is not in it.
            try fixture.write(3, to: log)
            try take(pieces, rebuild)
            known = position.sequence
        }
        try finish(rebuild, at: position)
        let finished = try Files.names(in: target).filter { $0.hasPrefix("audit-") }
        #expect(finished.count > 2)
        for name in finished {
            #expect(try Files.read("\(target)/\(name)") == Files.read(fixture.file(name)))
        }
        let before = try verify()
        #expect(before.problems.isEmpty, "\(before.summary)")
        #expect(before.isEndChecked)
        let again = try goOn()
        #expect(again.sequence > position.sequence + 5)
        let report = try verify()
        #expect(report.problems.isEmpty, "\(report.summary)")
        #expect(UInt64(report.lineCount) == again.sequence)
    }

    /// Finished files are shipped and deleted: what is left begins with the next one.
    @Test func linesThatAreGoneAreNotMissed() throws {
        try fixture.write(300, to: log)
        let first = try #require(
            try Files.names(in: fixture.path).filter { $0.hasPrefix("audit-") }.min())
        let rebuild = try AuditRebuild(directory: target)
        try take(try export(after: 0, upTo: 20), rebuild)
        unlink(fixture.file(first))
        let position = log.position
        let rest = try export(after: 20, upTo: position.sequence)
        #expect(try #require(rest.first).first > 21)
        try take(rest, rebuild)
        try finish(rebuild, at: position)
        _ = try goOn()
        let report = try verify()
        #expect(report.problems.isEmpty, "\(report.summary)")
    }

    @Test func aLineThatDoesNotFollowIsNamed() throws {
        try fixture.write(10, to: log)
        var pieces = try export(after: 0, upTo: log.position.sequence)
        var lines = pieces[0].lines.split(separator: UInt8(ascii: "\n")).map(Array.init)
        lines[6].replace(Array("alice".utf8), with: Array("mallo".utf8))
        pieces[0].lines = lines.flatMap { $0 + [UInt8(ascii: "\n")] }
        let rebuild = try AuditRebuild(directory: target)
        #expect(throws: AuditError.broken(AuditTrouble(kind: .changed, from: 7))) {
            try take(pieces, rebuild)
        }
    }

    @Test func linesThatEndElsewhereAreRefused() throws {
        try fixture.write(10, to: log)
        let position = log.position
        let rebuild = try AuditRebuild(directory: target)
        try take(try export(after: 0, upTo: position.sequence - 1), rebuild)
        #expect(
            throws: AuditError.broken(
                AuditTrouble(kind: .truncated, from: position.sequence))
        ) { try finish(rebuild, at: position) }
    }

    @Test func whoTakesThemMayStop() throws {
        try fixture.write(1_000, to: log)
        var count = 0
        try AuditExport.read(fixture.path, after: 0, upTo: log.position.sequence) { _, _ in
            count += 1
            return false
        }
        #expect(count == 1)
    }
}
