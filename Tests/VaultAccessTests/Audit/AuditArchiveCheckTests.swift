import Glibc
import Testing
import VaultTestSupport

@testable import VaultAccess

/// Lines of a log in several archives: each follows from the one before, across them, too.
@Suite struct AuditArchiveCheckTests {
    /// What one archive has.
    private struct Part {
        var pieces: [(first: UInt64, lines: [UInt8])] = []
        var continues: Bool
        var sequence: UInt64
        var hash: [UInt8]
    }

    private let fixture: AuditFixture
    private let log: AuditLog

    init() throws {
        fixture = try AuditFixture()
        fixture.settings.fileBytesMax = 40_000
        log = try fixture.open()
        try log.unlock(fixture.keys, now: fixture.now)
    }

    /// The next archive: what came since line `after`.
    private func part(after: UInt64, continues: Bool? = nil) throws -> Part {
        let position = log.position
        var hash = [UInt8](repeating: 0, count: AuditHash.count)
        let isDone = Array(position.hash.utf8).withUnsafeBytes { text in
            hash.withUnsafeMutableBytes { Hexadecimal.decode(text, into: $0) }
        }
        try #require(isDone)
        var part = Part(
            continues: continues ?? (after > 0), sequence: position.sequence, hash: hash)
        try AuditExport.read(fixture.path, after: after, upTo: position.sequence) { first, lines in
            part.pieces.append((first, Array(lines)))
            return true
        }
        return part
    }

    /// Three of them, over rotations.
    private func parts() throws -> [Part] {
        var (parts, known): ([Part], UInt64) = ([], 0)
        for count in [200, 40, 150] {
            try fixture.write(count, to: log)
            parts.append(try part(after: known))
            known = log.position.sequence
        }
        return parts
    }

    private func trouble(_ parts: [Part]) -> AuditTrouble? {
        let check = AuditArchiveCheck()
        do throws(AuditError) {
            for part in parts {
                check.begin(continues: part.continues)
                for piece in part.pieces {
                    let outcome: Result<Void, AuditError> = piece.lines.withUnsafeBytes { lines in
                        do throws(AuditError) {
                            return .success(try check.take(first: piece.first, lines))
                        } catch { return .failure(error) }
                    }
                    try outcome.get()
                }
                try check.end(sequence: part.sequence, hash: part.hash)
            }
        } catch .broken(let trouble) { return trouble } catch { Issue.record("\(error)") }
        return nil
    }

    private func lines(_ piece: [UInt8]) -> [[UInt8]] {
        piece.split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    private func joined(_ lines: [[UInt8]]) -> [UInt8] {
        lines.flatMap { $0 + [UInt8(ascii: "\n")] }
    }

    @Test func aLogThatGoesOnIsWhole() throws {
        var parts = try parts()
        #expect(trouble(parts) == nil)
        #expect(parts[2].sequence > 390)
        // None came since; and one that begins again.
        parts.append(try part(after: log.position.sequence))
        parts.append(try part(after: 0))
        #expect(trouble(parts) == nil)
        #expect(trouble([]) == nil)
    }

    /// Finished files are shipped and deleted: what is left begins with the next one.
    @Test func linesThatAreGoneAreNotMissed() throws {
        try fixture.write(15, to: log)
        let before = try part(after: 0)
        try fixture.write(300, to: log)
        let oldest = try #require(
            try Files.names(in: fixture.path).filter { $0.hasPrefix("audit-") }.min())
        unlink(fixture.file(oldest))
        let rest = try part(after: before.sequence)
        #expect(try #require(rest.pieces.first).first > before.sequence + 1)
        #expect(trouble([before, rest]) == nil)
        #expect(trouble([rest]) == nil)
    }

    /// Any byte of any line; the line is named, or the one after it where only its hash was.
    @Test(arguments: TestSeed.seeds(1, for: "lines in archives"))
    func everyChangedLineIsNamed(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let parts = try parts()
        for _ in 0..<200 {
            var changed = parts
            let archive = Int(random.next() % 3)
            let index = Int(random.next() % UInt64(parts[archive].pieces.count))
            let piece = parts[archive].pieces[index]
            var lines = lines(piece.lines)
            let line = Int(random.next() % UInt64(lines.count))
            let end = lines[line].count - "\"}".utf8.count - 2 * 16 - "\",\"mac\":\"".utf8.count
            let byte = Int(random.next() % UInt64(end))
            lines[line][byte] ^= 1
            changed[archive].pieces[index].lines = joined(lines)
            let named = piece.first + UInt64(line)
            let found = try #require(trouble(changed), "VAULT_SEED=\(seed)")
            #expect(found.from == named || found.from == named + 1, "\(found), \(named)")
        }
    }

    @Test func linesThatAreRemovedMovedOrRepeatedAreNamed() throws {
        let parts = try parts()
        func changed(
            _ archive: Int, _ change: (inout [[UInt8]], inout UInt64) -> Void
        ) -> AuditTrouble? {
            var copy = parts
            var lines = lines(copy[archive].pieces[0].lines)
            change(&lines, &copy[archive].pieces[0].first)
            copy[archive].pieces[0].lines = joined(lines)
            return trouble(copy)
        }
        let second = parts[1].pieces[0].first
        #expect(changed(0) { lines, _ in lines.remove(at: 6) }?.from == 7)
        #expect(changed(0) { lines, _ in lines.swapAt(6, 7) }?.from == 7)
        #expect(changed(0) { lines, _ in lines.insert(lines[6], at: 6) }?.from == 8)
        // The first of an archive: it has to go on where the one before ended.
        #expect(changed(1) { lines, _ in lines.remove(at: 0) }?.from == second)
        let later = changed(1) { lines, first in
            lines.removeFirst(6)
            first += 6
        }
        #expect(later?.from == second + 6, "no file begins there")
        let earlier = changed(1) { _, first in first -= 1 }
        #expect(earlier == AuditTrouble(kind: .appended, from: second - 1))
    }

    @Test func theEndIsTheOneThatTheArchiveNames() throws {
        let parts = try parts()
        var copy = parts
        copy[1].sequence -= 1
        #expect(trouble(copy) == AuditTrouble(kind: .appended, from: parts[1].sequence))
        copy[1].sequence += 2
        #expect(trouble(copy) == AuditTrouble(kind: .truncated, from: parts[1].sequence + 1))
        copy = parts
        copy[2].hash[31] ^= 1
        #expect(trouble(copy) == AuditTrouble(kind: .replaced, from: parts[2].sequence))
        // A whole archive that was left out.
        #expect(trouble([parts[0], parts[2]])?.from == parts[2].pieces[0].first)
    }
}
