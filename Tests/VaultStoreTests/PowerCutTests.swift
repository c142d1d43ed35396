import Testing
import VaultSeal
import VaultStore
import VaultTestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// A commit ends with one sync. Whatever part of its pages was on the disk when the power went, the
/// store comes back with the commit or without it, never with half of it, and never by accident.
@Suite struct PowerCutTests {
    private static let pageSize = 4096

    /// The file before and after one commit.
    private struct Pair {
        let fixture: StoreFixture
        var before: [UInt8]
        var after: [UInt8]
        var changedPages: [Int]
        var revisionBefore: Revision
    }

    private func makePair(_ random: inout SeededRandom) throws -> Pair {
        let fixture = try StoreFixture()
        for number in 0..<Int.random(in: 1...200, using: &random) {
            let key = Bytes("key \(number % 40)".utf8)
            _ = try fixture.write(.put(PutOperation(key: key, value: key + key)))
        }
        let revision = fixture.store.status().revision
        fixture.store.close()
        let before = try fixture.readFile("data.mdb")
        try fixture.reopen()
        _ = try fixture.write(.put(PutOperation(key: [1], value: [2, 3])))
        fixture.store.close()
        let after = try fixture.readFile("data.mdb")
        let pages = (2..<(after.count / Self.pageSize)).filter { page in
            let range = (page * Self.pageSize)..<((page + 1) * Self.pageSize)
            return range.upperBound > before.count || before[range] != after[range]
        }
        return Pair(
            fixture: fixture, before: before, after: after, changedPages: pages,
            revisionBefore: revision)
    }

    /// The file with the commit's meta page on the disk, but only some of its other pages.
    private func torn(_ pair: Pair, lost: Set<Int>) -> [UInt8] {
        var bytes = pair.after
        for page in lost {
            let range = (page * Self.pageSize)..<((page + 1) * Self.pageSize)
            bytes.replaceSubrange(
                range,
                with: range.upperBound <= pair.before.count
                    ? Array(pair.before[range]) : Array(repeating: 0, count: Self.pageSize))
        }
        return bytes
    }

    /// Among them the pages of a root whose older content is a whole older state.
    @Test(arguments: [11, 12, 13, 14, 15] as [UInt64])
    func anyPartOfACommitMayBeLost(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let pair = try makePair(&random)
        #expect(pair.changedPages.count >= 3)
        var cases = pair.changedPages.map { Set([$0]) }
        cases.append(Set(pair.changedPages))
        for _ in 0..<10 {
            cases.append(Set(pair.changedPages.filter { _ in Bool.random(using: &random) }))
        }
        for lost in cases {
            try pair.fixture.writeFile("data.mdb", torn(pair, lost: lost))
            try pair.fixture.writeFile("running", Array("another boot\n".utf8))
            try pair.fixture.openAgain()
            let revision = pair.fixture.store.status().revision
            let with = Revision(pair.revisionBefore.rawValue + 1)
            let isWhole = revision == with || (!lost.isEmpty && revision == pair.revisionBefore)
            #expect(isWhole, "seed \(seed), lost pages \(lost.sorted()), got \(revision)")
            // It can be written to, and holds after that.
            _ = try pair.fixture.write(.put(PutOperation(key: [9], value: [9])))
            try pair.fixture.reopen()
            #expect(pair.fixture.store.status().revision == Revision(revision.rawValue + 1))
            pair.fixture.store.close()
        }
    }

    @Test func withoutAPowerCutATornCommitIsDamage() throws {
        var random = SeededRandom(seed: 21)
        let pair = try makePair(&random)
        let bytes = torn(pair, lost: Set(pair.changedPages))
        try pair.fixture.writeFile("data.mdb", bytes)
        #expect(throws: StoreError.self) { try pair.fixture.openAgain() }
        // The kernel that has its writes is still running: a killed process tears nothing.
        let boot = try pair.fixture.readFile("/proc/sys/kernel/random/boot_id")
        try pair.fixture.writeFile("running", boot)
        #expect(throws: StoreError.self) { try pair.fixture.openAgain() }
        #expect(try pair.fixture.readFile("data.mdb") == bytes, "a refused file is left alone")
    }

    @Test func twoLostCommitsAreDamage() throws {
        var random = SeededRandom(seed: 31)
        let pair = try makePair(&random)
        var bytes = pair.after
        // A record of long ago: both meta pages lead to it.
        let tree = bytes[(2 * Self.pageSize)...].firstIndex { $0 != 0 } ?? 0
        for offset in tree..<min(tree + 40 * Self.pageSize, bytes.count) { bytes[offset] ^= 0x40 }
        try pair.fixture.writeFile("data.mdb", bytes)
        try pair.fixture.writeFile("running", Array("another boot\n".utf8))
        #expect(throws: StoreError.self) { try pair.fixture.openAgain() }
    }
}
