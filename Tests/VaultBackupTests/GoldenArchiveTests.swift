import Glibc
import Testing
import VaultStore
import VaultTestSupport

@testable import VaultBackup

/// Archives of every format as the first version that had it wrote them. They are never edited: a
/// version that cannot restore them cannot restore its users' backups.
///
/// `VAULT_UPDATE_GOLDEN=1` writes the ones that are missing (for a new format) and leaves the
/// others alone.
@Suite("Golden archives", .serialized) struct GoldenArchiveTests {
    private static let directory = "\(SourceTree.root)/Tests/VaultBackupTests/Golden"
    private static let keyfile = [UInt8](0..<32)
    private static let rules = Bytes("the rules of access, whatever they say".utf8)
    private var full: String { "\(Self.directory)/archive-v1-full.vab" }
    private var part: String { "\(Self.directory)/archive-v1-part.vab" }

    init() throws {
        guard Environment.text("VAULT_UPDATE_GOLDEN") != nil, !Files.exists(full) else { return }
        let backed = try BackedUpStore(keyfile: Self.keyfile)
        try backed.put("a", "first")
        try backed.put("b", "second")
        _ = try backed.store.write(
            .grantLease(LeaseID(7), ttl: .seconds(3_600)))
        try backed.put("leased", "third", lease: LeaseID(7))
        _ = try backed.store.write(.replaceAccess(Self.rules))
        let first = try backed.archive("archive-v1-full.vab")
        try backed.put("a", "later")
        try backed.delete("b")
        try backed.put("c", "new")
        try backed.compact(3)
        let second = try backed.archive(
            "archive-v1-part.vab", since: try ArchiveFile(path: first))
        for (made, kept) in [(first, full), (second, part)] {
            try Files.write(try Files.read(made), to: kept, mode: 0o644)
        }
    }

    private func restored(
        _ paths: [String]
    ) throws -> (content: [String: String], sample: DrillSample) {
        let opened = try BackedUpStore.opened(paths, keyfile: Self.keyfile)
        defer { opened.close() }
        let scratch = try TemporaryDirectory()
        let target = scratch.file("target")
        _ = try Restore.run(opened, into: target)
        let store = try BackedUpStore.openRestored(target, keyfile: Self.keyfile)
        defer { store.close() }
        return (try store.content(), try opened.sample().sample)
    }

    @Test func `Format 1 alone is restored`() throws {
        try ArchiveFile(path: full).verifyBytes()
        let found = try restored([full])
        #expect(found.content == ["a": "2=first", "b": "3=second", "leased": "4=third"])
        #expect(found.sample.accessRules == Self.rules)
    }

    @Test func `Format 1 with what continues it is restored`() throws {
        try ArchiveFile(path: part).verifyBytes()
        let found = try restored([full, part])
        #expect(found.content == ["a": "5=later", "c": "7=new", "leased": "4=third"])
        #expect(found.sample.deleted.map { String(decoding: $0, as: UTF8.self) } == ["b"])
    }

    @Test func `Every negative control is noticed on format 1`() throws {
        let opened = try BackedUpStore.opened([full, part], keyfile: Self.keyfile)
        defer { opened.close() }
        let scratch = try TemporaryDirectory()
        let program = RestoreProgram(
            path: try BuiltPrograms.path("vaultctl"), keyArguments: ["--keyfile", "-"]
        ) { descriptor in _ = write(descriptor, Self.keyfile, 32) }
        var bench = NegativeControls(
            opened, with: try BackedUpStore.credential(Self.keyfile), program: program,
            in: scratch.path, seed: 1)
        for outcome in bench.run(highestSeen: 0, ageMax: 1_000) {
            #expect(outcome.score == .detected, "\(outcome.reason ?? "")")
        }
    }
}
