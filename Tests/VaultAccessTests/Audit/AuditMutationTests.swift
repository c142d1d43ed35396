import Sodium
import Testing
import VaultSeal
import VaultTestSupport

@testable import VaultAccess

/// One change to a log of many lines: the verifier names exactly that line.
@Suite struct AuditMutationTests {
    /// As many as a file has in an hour in a soak; fewer in a normal run, which is not optimised.
    private static let count = TestSeed.soakRounds > 0 ? 20_000 : 4_000
    private let fixture: AuditFixture
    private let lines: [[UInt8]]
    private let seed: UInt64
    private var random: SeededRandom

    init() throws {
        seed = TestSeed.seeds(1, for: "audit mutations")[0]
        random = SeededRandom(seed: seed)
        fixture = try AuditFixture()
        let log = try fixture.open()
        try log.unlock(fixture.keys, now: fixture.now)
        try fixture.write(Self.count - 3, to: log, perBatch: 500)
        log.close()
        lines = try fixture.lines()
        try #require(lines.count == Self.count - 1)
    }

    /// A line that is neither among the first two, which are events, nor the last two.
    private mutating func somewhere() -> Int { 3 + Int(random.next() % UInt64(lines.count - 6)) }

    private func problems(_ changed: [[UInt8]], withKeys: Bool = true) throws -> [String] {
        try fixture.replace(changed)
        return try fixture.verify(withKeys: withKeys).summary
    }

    @Test func anUnchangedLogHasNoProblem() throws {
        for withKeys in [true, false] {
            let report = try fixture.verify(withKeys: withKeys)
            #expect(report.summary == [])
            #expect(report.lineCount == lines.count && report.isEndChecked)
            #expect(report.firstSequence == 1 && report.lastSequence == UInt64(lines.count))
            #expect(report.macCount == lines.count - 1)
        }
    }

    @Test mutating func aRemovedLineIsNamed() throws {
        for withKeys in [true, false] {
            for _ in 0..<12 {
                let index = somewhere()
                var changed = lines
                changed.remove(at: index)
                #expect(
                    try problems(changed, withKeys: withKeys)
                        == ["removed at \(index + 1) seq \(index + 1)"], "seed \(seed)")
            }
        }
        var changed = lines
        changed.removeFirst()
        #expect(try problems(changed) == ["removed at 1 seq 1"])
        changed = lines
        changed.removeSubrange(100..<200)
        #expect(try problems(changed) == ["removed at 101 seq 101-200"])
        changed = lines
        changed.remove(at: 1)
        #expect(try problems(changed) == ["removed at 2 seq 2"])
    }

    @Test mutating func anEditedLineIsNamed() throws {
        for round in 0..<30 {
            let index = [0, 1, lines.count - 1].dropFirst(round).first ?? somewhere()
            var changed = lines
            let count = changed[index].count
            let position = Int(random.next() % UInt64(count))
            let bit = UInt8(1 << (random.next() % 7))
            changed[index][position] ^= bit
            // A newline would make two lines of it, which is another change.
            guard changed[index][position] != UInt8(ascii: "\n") else { continue }
            let place = "seed \(seed): byte \(position) of \(index + 1), bit \(bit)"
            let found = try problems(changed)
            // More than one thing may be wrong with it: its MAC, and that it is no JSON any more.
            #expect(!found.isEmpty, "\(place)")
            #expect(found.allSatisfy { $0.contains("at \(index + 1) seq") }, "\(place): \(found)")
            // Without a key all but the MAC is covered.
            guard position < count - 35 else { continue }
            let unkeyed = try problems(changed, withKeys: false)
            #expect(unkeyed.count == 1, "\(place): \(unkeyed)")
            #expect(
                unkeyed.first?.contains("at \(index + 1) seq") ?? false, "\(place): \(unkeyed)")
        }
    }

    @Test mutating func aMovedLineIsNamed() throws {
        for distance in [1, 2, 3, 50, 1500] {
            let from = 3 + Int(random.next() % UInt64(lines.count - 1600))
            var changed = lines
            changed.insert(changed.remove(at: from), at: from + distance)
            // Of two neighbours that changed places either may be called the moved one.
            let later = "reordered at \(from + distance + 1) seq \(from + 1)"
            let earlier = "reordered at \(from + 1) seq \(from + 2)"
            let found = try problems(changed)
            #expect(found == [distance == 1 ? earlier : later], "seed \(seed)")
            changed = lines
            changed.insert(changed.remove(at: from + distance), at: from)
            #expect(
                try problems(changed) == ["reordered at \(from + 1) seq \(from + distance + 1)"],
                "seed \(seed)")
        }
    }

    @Test mutating func aRepeatedLineIsNamed() throws {
        for distance in [1, 1, 2, 100] {
            let index = 3 + Int(random.next() % UInt64(lines.count - 200))
            var changed = lines
            changed.insert(lines[index], at: index + distance)
            #expect(
                try problems(changed)
                    == ["duplicated at \(index + distance + 1) seq \(index + 1)"], "seed \(seed)")
        }
        #expect(
            try problems(lines + [lines[lines.count - 1]])
                == ["duplicated at \(lines.count + 1) seq \(lines.count)"])
    }

    @Test mutating func anInsertedLineIsNamed() throws {
        let foreign = [
            "", "garbage", "{}", "{\"seq\":7}",
            String(decoding: lines[5], as: UTF8.self).replacing("alice", with: "mallory"),
        ]
        for text in foreign {
            let index = somewhere()
            var changed = lines
            changed.insert(Array(text.utf8), at: index)
            let found = try problems(changed)
            #expect(found.count == 1, "seed \(seed): \(text): \(found)")
            #expect(found.first?.hasPrefix("inserted at \(index + 1)") ?? false, "\(found)")
        }
        // With the right number, as of somebody who knows the format.
        let index = somewhere()
        var changed = lines
        var copy = lines[index]
        copy[copy.count - 60] ^= 1
        changed.insert(copy, at: index)
        #expect(try problems(changed) == ["inserted at \(index + 1) seq \(index + 1)"])
        changed = lines
        changed.insert([UInt8](repeating: 0x61, count: 70 << 10), at: index)
        #expect(try problems(changed) == ["overlong at \(index + 1)"])
    }

    @Test mutating func aShortenedFileIsNamed() throws {
        let whole = try Files.read(fixture.file())
        for _ in 0..<12 {
            let size = 2000 + Int(random.next() % UInt64(whole.count - 2000))
            try Files.write(Array(whole[..<size]), to: fixture.file())
            let left = whole[..<size].count { $0 == UInt8(ascii: "\n") }
            let missing = "\(left + 1)" + (left + 1 == lines.count ? "" : "-\(lines.count)")
            #expect(
                try fixture.verify().summary == ["truncated at \(left + 1) seq \(missing)"],
                "seed \(seed): \(size) bytes")
        }
        try Files.write(Array(whole.dropLast(5)), to: fixture.file())
        TemporaryDirectory.remove(fixture.head)
        #expect(
            try fixture.verify().summary == ["torn at \(lines.count) seq \(lines.count)"])
    }

    /// Somebody without the key makes every hash anew: only the MACs tell, from the first line on.
    @Test mutating func aForgedChainIsNamedAtItsFirstLine() throws {
        for keepsMACs in [true, false] {
            let index = somewhere()
            var changed = lines
            let text = String(decoding: lines[index], as: UTF8.self)
            changed[index] = Array(text.replacing("alice", with: "bob").utf8)
            Forger.rehash(&changed, from: index, keepsMACs: keepsMACs)
            #expect(try problems(changed, withKeys: false).first?.hasPrefix("wrong head") ?? false)
            let found = try fixture.verify().problems
            let kind: AuditProblem.Kind = keepsMACs ? .wrongMAC : .missingMAC
            #expect(found.first?.kind == kind && found.first?.line == index + 1, "seed \(seed)")
            #expect(found.first?.lineCount == lines.count - index)
            #expect(found.dropFirst().map(\.kind) == [.wrongHead])
        }
    }

    /// Lines that say "the vault is sealed" hide nothing: the head knows how far the MACs went.
    @Test func linesWithoutMACsInPlaceOfOthersAreNoticed() throws {
        var changed = Array(lines[..<2000])
        var chain = AuditChain(after: try #require(Forger.point(of: changed[1999])))
        var output = LineBuffer(capacity: 4096)
        var batch = AuditBatch(keyNames: .plain)
        batch.append(.started(cutBytes: 0), time: fixture.now)
        chain.append(batch.buffer.bytes, keys: nil, to: &output)
        changed.append(Array(output.bytes.dropLast()))
        let found = try problems(changed)
        #expect(found == ["truncated at 2002 seq 2002-\(lines.count)"])
    }
}
