import Glibc
import Testing
import VaultTestSupport

@testable import VaultBackup

/// A ledger that another user reads: what it may see, and what it must not believe.
@Suite struct SharedLedgerTests {
    private let directory: TemporaryDirectory
    private let files: DirectoryFiles

    init() throws {
        directory = try TemporaryDirectory()
        files = try DirectoryFiles.open(directory.path)
    }

    private func drill(_ numbers: ClosedRange<Int>) throws {
        let key = try LedgerKey.open("l.key", in: files)
        try LedgerPublicKey.write(key, to: "l.pub", in: files)
        var ledger = try DrillLedger.open("l", key: key, now: 1, in: files)
        for number in numbers {
            try ledger.append(.drill(Reports.full(number)), at: Int64(number))
        }
    }

    private func read(seen: LedgerHead? = nil) throws -> SharedLedger? {
        try SharedLedger.read("l", publicKeyName: "l.pub", seen: seen, in: files)
    }

    private func refusal(seen: LedgerHead? = nil) throws -> String {
        do {
            _ = try read(seen: seen)
            return ""
        } catch let error as BackupError {
            #expect(error.exitCode == 13)
            return error.message
        }
    }

    @Test func itIsReadWithThePublicHalfAlone() throws {
        #expect(try read() == nil && Files.names(in: directory.path).isEmpty)
        try drill(1...3)
        chmod(directory.file("l.key"), 0)
        let shared = try #require(try read())
        #expect(shared.head.sequence == 3)
        #expect(shared.state.drilledGood == ["digest-1", "digest-2", "digest-3"])
        // What was seen before is still there.
        chmod(directory.file("l.key"), 0o600)
        try drill(4...4)
        #expect(try read(seen: shared.head)?.head.sequence == 4)
        #expect(try read(seen: LedgerHead())?.head.sequence == 4)
    }

    /// The key never; a directory that does not hand its group down shares nothing.
    @Test(arguments: [(0o2750, 0o640), (0o2770, 0o640), (0o0750, 0o600), (0o2700, 0o600)])
    func theDirectorySaysWhoReadsIt(_ mode: Int, _ expected: Int) throws {
        chmod(directory.path, mode_t(mode))
        try drill(1...2)
        for name in ["l", "l.head", "l.pub"] {
            #expect(Files.mode(directory.file(name)) == mode_t(expected), "\(name)")
        }
        #expect(Files.mode(directory.file("l.key")) == 0o600)
    }

    @Test func aLedgerThatIsGoneOrShorterIsRefused() throws {
        try drill(1...3)
        let seen = try #require(try read()).head
        let bytes = try Files.read(directory.file("l"))
        let head = try Files.read(directory.file("l.head"))
        for name in ["l", "l.head"] { unlink(directory.file(name)) }
        #expect(try refusal(seen: seen).contains("is gone, and had 3 lines"))
        #expect(try read() == nil, "it was never seen")
        unlink(directory.file("l.pub"))
        #expect(try refusal(seen: seen).contains("is gone, and had 3 lines"))
        // Another one in its place, by the same key and as long.
        try drill(5...7)
        #expect(try refusal(seen: seen).contains("is another than it was"))
        try Files.write(bytes, to: directory.file("l"))
        try Files.write(head, to: directory.file("l.head"))
        #expect(try read(seen: seen)?.head == seen)
        let first = bytes.prefix { $0 != 0x0A } + [0x0A]
        try Files.write(Array(first), to: directory.file("l"))
        unlink(directory.file("l.head"))
        #expect(try refusal(seen: seen).contains("has 1 lines and had 3"))
    }

    @Test func withoutItsPublicKeyItIsNotBelieved() throws {
        try drill(1...1)
        let text = try Files.text(directory.file("l.pub"))
        unlink(directory.file("l.pub"))
        #expect(try refusal().contains("no l.pub to check it with; run a drill"))
        try Files.write("no key\n", to: directory.file("l.pub"))
        #expect(try refusal().contains("is no public key"))
        let other = try LedgerKey.open("other.key", in: files).publicText
        try Files.write(other + "\n", to: directory.file("l.pub"))
        #expect(try refusal().contains("line 1 of the ledger is not what was written"))
        // The next drill puts it right.
        try drill(2...2)
        #expect(try Files.text(directory.file("l.pub")) == text)
        #expect(try read()?.head.sequence == 2)
    }
}
