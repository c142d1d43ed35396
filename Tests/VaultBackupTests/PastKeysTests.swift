import Testing
import VaultSeal
import VaultStore
import VaultTestSupport

@testable import VaultBackup

/// What an archive says that some keys were is what the store says of that revision.
@Suite struct PastKeysTests {
    private func names(_ past: PastKeys) -> Set<String> {
        Set(past.keys.keys.map { String(decoding: $0, as: UTF8.self) })
    }

    private func opened(_ backed: BackedUpStore, _ paths: [String]) throws -> OpenedChain {
        let files = try paths.map { (path) throws(BackupError) in try ArchiveFile(path: path) }
        return try OpenedChain(
            ArchiveChain(of: files), with: try BackedUpStore.credential(backed.keyfile))
    }

    /// For random revisions and prefixes of a random history: the same keys, and for any other
    /// state of the vault exactly what differs, with the values that the keys had.
    @Test(arguments: TestSeed.seeds(8, for: "past keys"))
    func theKeysOfAnyRevisionAreThoseOfTheStore(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let backed = try BackedUpStore()
        _ = try backed.store.write(.grantLease(LeaseID(77), ttl: .seconds(3_600)))
        var model: [Int64: [String: String]] = [1: [:]]
        var paths: [String] = []
        for round in 0..<4 {
            for _ in 0..<Int.random(in: 5...40, using: &random) {
                let key = random.pick(["a/", "a/b/", "b"]) + "\(random.next() % 8)"
                switch random.next() % 10 {
                case 0, 1: try backed.delete(key)
                case 2: try backed.put(key, "leased", lease: LeaseID(77))
                default: try backed.put(key, "\(random.next() % 4)")
                }
                model[backed.store.revision.rawValue] = try backed.store.content()
            }
            if round == 2 { try backed.compact(Int64.random(in: 2...9, using: &random)) }
            let parent = try paths.last.map { (path) in try ArchiveFile(path: path) }
            paths.append(try backed.archive("\(round)", since: parent))
        }
        let chain = try opened(backed, paths)
        let compacted = backed.store.status().compactRevision.rawValue
        for _ in 0..<12 {
            let prefix = random.pick(["", "a/", "a/b/", "b", "c"])
            let revisions = model.keys.filter { $0 >= compacted }.sorted()
            let (then, now) = (random.pick(revisions), random.pick(revisions))
            let was = (model[then] ?? [:]).filter { $0.key.hasPrefix(prefix) }
            let past = try chain.keys(below: Array(prefix.utf8), at: then)
            #expect(names(past) == Set(was.keys), "seed \(seed), \(prefix) at \(then)")
            let differences = try check(past, was, model[now] ?? [:], "seed \(seed)")
            try checkValues(differences, chain, was, "seed \(seed)")
        }
    }

    private func value(_ content: String) -> String {
        String(content.drop { $0 != "=" }.dropFirst())
    }

    private func check(
        _ past: PastKeys, _ was: [String: String], _ live: [String: String], _ place: String
    ) throws -> [KeyDifference] {
        var comparison = KeyComparison(with: past)
        var expected: [String: KeyDifference.Kind] = [:]
        var unchanged = 0
        for (key, content) in live {
            let revision = try #require(Int64(content.prefix { $0 != "=" }))
            Array(value(content).utf8).withUnsafeBytes {
                comparison.take(Array(key.utf8), value: $0, revision: revision)
            }
            guard key.utf8.starts(with: past.prefix) else { continue }
            if let old = was[key] {
                let isSame = value(old) == value(content)
                expected[key] = isSame ? nil : .changed
                unchanged += isSame ? 1 : 0
            } else {
                expected[key] = .newer
            }
        }
        for key in was.keys where live[key] == nil { expected[key] = .missing }
        #expect(comparison.unchangedCount == unchanged, "\(place)")
        let differences = comparison.finish()
        let found = differences.map { (String(decoding: $0.key, as: UTF8.self), $0.kind) }
        #expect(Dictionary(uniqueKeysWithValues: found) == expected, "\(place)")
        #expect(found.map(\.0) == found.map(\.0).sorted(), "\(place)")
        return differences
    }

    /// In portions of a few values: each value once, and none left out.
    private func checkValues(
        _ differences: [KeyDifference], _ chain: OpenedChain, _ was: [String: String],
        _ place: String
    ) throws {
        var values = PastValues(of: differences, from: chain)
        var given: [String: String] = [:]
        while let portion = try values.next(bytesMax: 7) {
            #expect(!portion.isEmpty, "\(place)")
            for past in portion {
                let key = String(decoding: past.difference.key, as: UTF8.self)
                #expect(given.updateValue("", forKey: key) == nil, "\(place): \(key) twice")
                given[key] = String(decoding: past.value, as: UTF8.self)
                #expect(past.difference.lease == (given[key] == "leased" ? 77 : 0), "\(place)")
            }
        }
        let wanted = differences.filter { $0.kind != .newer }.map {
            String(decoding: $0.key, as: UTF8.self)
        }
        #expect(
            given == Dictionary(uniqueKeysWithValues: wanted.map { ($0, value(was[$0] ?? "")) }),
            "\(place)")
    }

    @Test func canariesBelongToTheirArchivesAndStayThere() throws {
        let backed = try BackedUpStore()
        try backed.put("vaultd/canary/1", "planted")
        try backed.put("vaultd/other", "a")
        let chain = try opened(backed, [try backed.archive("full")])
        let past = try chain.keys(below: Array("vaultd/".utf8))
        #expect(names(past) == ["vaultd/other"])
        var comparison = KeyComparison(with: past)
        Array("planted".utf8).withUnsafeBytes {
            comparison.take(Array("vaultd/canary/2".utf8), value: $0, revision: 9)
        }
        #expect(comparison.finish().map(\.kind) == [.missing])
    }

    @Test func aRevisionThatIsNotThereIsRefused() throws {
        let backed = try BackedUpStore()
        for number in 0..<5 { try backed.put("k", "\(number)") }
        try backed.compact(4)
        let chain = try opened(backed, [try backed.archive("full")])
        #expect(throws: BackupError.self) { try chain.keys(below: [], at: 3) }
        #expect(try chain.keys(below: [], at: 4).count == 1)
    }

    /// Less room than the archives have bytes: refused before anything is written.
    @Test func aRestoreThatCannotFitIsRefusedBeforeItBegins() throws {
        let home = try TemporaryDirectory()
        let path = home.file("new")
        do {
            let target = try RestoreTarget.prepare(path)
            try target.requireRoom(for: 1)
            do throws(BackupError) {
                try target.requireRoom(for: .max)
                Issue.record("there is no such disk")
            } catch {
                #expect(error.exitCode == 20)
                #expect(error.message.contains("more"))
            }
        }
        #expect(!Files.exists(path))
    }
}
