import Glibc
import Testing
import VaultTestSupport

@testable import vaultctl

/// Following a log whose files are renamed.
@Suite struct LogTailTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.file("audit.jsonl") }

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func append(_ text: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(write(descriptor, text, text.utf8.count) == text.utf8.count)
    }

    private func rotate(_ number: Int) throws {
        let digits = String(number)
        let name = "audit-" + String(repeating: "0", count: 20 - digits.count) + digits
        try #require(rename(path, directory.file(name + ".jsonl")) == 0)
    }

    private func words(_ lines: [[UInt8]]) -> [String] {
        lines.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Everything that there is to read now, notes in brackets.
    private func drain(_ tail: inout LogTail) throws -> [String] {
        var read: [String] = []
        var quiet = 0
        // The second time, nothing happened at all.
        while quiet < 2 {
            switch try tail.next() {
            case .lines(let lines):
                read += words(lines)
                quiet = 0
            case .note(let text): read.append("[\(text)]")
            case .nothing: quiet += 1
            }
        }
        return read
    }

    @Test(arguments: [(0, []), (1, ["c"]), (2, ["b", "c"]), (9, ["a", "b", "c"])])
    func lastLinesComeFirst(count: Int, expected: [String]) throws {
        try append("a\nb\nc\nunfinis")
        var tail = try LogTail(path)
        #expect(words(try tail.last(count) { _ in true }) == expected)
        try append("hed\nd\n")
        #expect(try drain(&tail) == ["unfinished", "d"])
    }

    @Test func lastLinesReachIntoOlderFiles() throws {
        for (number, text) in ["a\nb\n", "c\nd\n"].enumerated() {
            try append(text)
            try rotate(number + 1)
        }
        try Files.write("x\n", to: directory.file("audit-7.jsonl"))
        try append("e\n")
        var tail = try LogTail(path)
        #expect(words(try tail.last(4) { _ in true }) == ["b", "c", "d", "e"])
        #expect(words(try tail.last(9) { $0 != Array("c".utf8) }) == ["a", "b", "d", "e"])
    }

    @Test func everyLineIsReadOnceAcrossRotations() throws {
        try append("a\n")
        var tail = try LogTail(path)
        #expect(words(try tail.last(1) { _ in true }) == ["a"])
        try append("b\n")
        try rotate(2)
        #expect(try drain(&tail) == ["b"])
        try append("c\n")
        try rotate(3)
        try append("d\n")
        try rotate(4)
        try append("e\n")
        #expect(try drain(&tail) == ["c", "d", "e"])
        try append("f\n")
        #expect(try drain(&tail) == ["f"])
    }

    @Test func lineWrittenJustBeforeARotationIsRead() throws {
        try append("a\n")
        var tail = try LogTail(path)
        _ = try tail.last(0) { _ in true }
        try append("b\n")
        try rotate(2)
        try append("c\n")
        #expect(try drain(&tail) == ["b", "c"])
    }

    @Test func fileThatIsGoneIsTold() throws {
        try append("a\n")
        var tail = try LogTail(path)
        _ = try tail.last(1) { _ in true }
        unlink(path)
        #expect(try drain(&tail).isEmpty)
        try append("b\n")
        #expect(
            try drain(&tail) == [
                "[the file of the log that was read is gone; going on with the current one]", "b",
            ])
    }

    @Test func fileThatWasCutIsTold() throws {
        try append("a\nb\n")
        var tail = try LogTail(path)
        _ = try tail.last(1) { _ in true }
        truncate(path, 2)
        let read = try drain(&tail)
        #expect(read.count == 1 && read.first?.contains("cut short") == true)
        try append("c\n")
        #expect(try drain(&tail) == ["c"])
    }

    @Test func longFilesAreReadInPieces() throws {
        let lines = (0..<20_000).map { "line \($0)" }
        try append(lines.joined(separator: "\n") + "\n")
        var tail = try LogTail(path)
        let read = words(try tail.last(15_000) { _ in true })
        #expect(read == Array(lines.suffix(15_000)))
    }

    @Test func missingFileIsNamed() {
        let failure = failure { () throws(CommandFailure) in _ = try LogTail("/nowhere/a.jsonl") }
        #expect(failure?.message == "cannot open /nowhere/a.jsonl: no such file or directory")
    }
}
