import Glibc
import Testing
import VaultTestSupport

@testable import VaultBackup

/// Files that appear whole or not at all.
@Suite struct PublishTests {
    private let directory: TemporaryDirectory
    private let files: DirectoryFiles

    init() throws {
        directory = try TemporaryDirectory()
        files = try DirectoryFiles.open(directory.path)
    }

    @Test func aPublishedFileIsThereAndPrivate() throws {
        let before = umask(0o277)
        defer { umask(before) }
        try AtomicFile.write(Array("whole".utf8), to: "a.vab", in: files)
        #expect(try Files.names(in: directory.path) == ["a.vab"])
        #expect(try Files.text(directory.file("a.vab")) == "whole")
        #expect(Files.mode(directory.file("a.vab")) == 0o600)
    }

    @Test func aTakenNameIsLeftAlone() throws {
        try Files.write("old", to: directory.file("a"))
        #expect(throws: BackupError.self) { try AtomicFile.write([1], to: "a", in: files) }
        // Also when it is taken while the file is being written, and by a link to nowhere.
        var file = try AtomicFile.begin("b", in: files)
        symlink("/nowhere", directory.file("b"))
        try [UInt8](repeating: 1, count: 3).withUnsafeBytes { try file.append($0) }
        var failure: BackupError?
        do throws(BackupError) { try file.publish() } catch { failure = error }
        #expect(failure?.exitCode == 21)
        #expect(try Files.text(directory.file("a")) == "old")
        #expect(try Files.names(in: directory.path) == ["a", "b"])
    }

    @Test func anotherNameIsAskedForWhenOneIsTakenMeanwhile() throws {
        var file = try AtomicFile.begin("a", in: files)
        try [UInt8](repeating: 1, count: 3).withUnsafeBytes { try file.append($0) }
        for name in ["a", "b"] { try Files.write("old", to: directory.file(name)) }
        var others = ["b", "c"]
        try file.publish { others.removeFirst() }
        #expect(try Files.names(in: directory.path) == ["a", "b", "c"])
        #expect(try Files.text(directory.file("b")) == "old")
    }

    @Test func replacingIsAskedFor() throws {
        try Files.write("old", to: directory.file("a"))
        try AtomicFile.write(Array("new".utf8), to: "a", replacing: true, in: files)
        #expect(try Files.text(directory.file("a")) == "new")
        #expect(try Files.names(in: directory.path) == ["a"])
    }

    @Test func aFileThatIsNotPublishedLeavesNothing() throws {
        do {
            var file = try AtomicFile.begin("a", in: files)
            try [UInt8](repeating: 1, count: 3).withUnsafeBytes { try file.append($0) }
            let name = try #require(try Files.names(in: directory.path).first)
            #expect(TemporaryName.finalName(of: name) == "a")
        }
        #expect(try Files.names(in: directory.path).isEmpty)
    }

    @Test(arguments: ["", ".hidden", "a/b", "a\0b", String(repeating: "n", count: 234)])
    func whatIsNoNameIsRefused(_ name: String) throws {
        #expect(throws: BackupError.self) { try AtomicFile.write([1], to: name, in: files) }
        #expect(try Files.names(in: directory.path).isEmpty)
    }

    @Test func whatDoesNotFitIsRefusedBeforeItIsBegun() throws {
        let free = try files.freeBytes()
        let error = #expect(throws: BackupError.self) {
            _ = try AtomicFile.begin("a", expectedBytes: free, in: files)
        }
        #expect(error?.exitCode == 20)
        #expect(try Files.names(in: directory.path).isEmpty)
    }

    @Test func leftoversOfTheDeadGoAndAllElseStays() throws {
        let dead = ".a.vab.0123456789abcdef.tmp"
        let others = [
            ".0123456789abcdef.tmp", ".a.0123456789ABCDEF.tmp", ".a.0123456789abcde.tmp",
            "a.0123456789abcdef.tmp", "a.vab", ".a.0123456789abcdef.tmpx",
        ]
        for name in others + [dead] { try Files.write("x", to: directory.file(name)) }
        symlink(directory.file("a.vab"), directory.file(".l.0123456789abcdef.tmp"))
        mkdir(directory.file(".d.0123456789abcdef.tmp"), 0o700)
        let living = try AtomicFile.begin("b", in: files)
        #expect(try Leftovers.remove(in: files) == [dead])
        let names = Set(try Files.names(in: directory.path))
        #expect(names.isSuperset(of: others) && names.count == others.count + 3)
        // It was in no way disturbed.
        try living.publish()
        #expect(Files.exists(directory.file("b")))
    }
}
