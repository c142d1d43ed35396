import Glibc
import Testing
import VaultTestSupport

@testable import VaultBackup

/// Marks and deletions in a real directory.
@Suite struct PrunerTests {
    private let directory: TemporaryDirectory
    private let files: DirectoryFiles

    init() throws {
        directory = try TemporaryDirectory()
        files = try DirectoryFiles.open(directory.path)
    }

    private func input(_ shelf: Shelf, after: Int64 = 0) throws -> PruneInput {
        var input = shelf.input
        input.rules = KeepRules(everythingWithin: nil, periods: [:], minimum: 1)
        input.now += after
        input.marks = try PruneMarks.read(in: files)
        return input
    }

    private func fill(_ shelf: Shelf) throws {
        for entry in shelf.entries { try Files.write("x", to: directory.file(entry.fileName)) }
    }

    @Test func archivesAreMarkedThenDeleted() throws {
        let shelf = Shelf.daily(3)
        try fill(shelf)
        let first = try input(shelf)
        try Pruner.run(try PrunePlan(first), now: first.now, in: files)
        let marked = ["d1.vab", "d1.vab.prune", "d2.vab", "d2.vab.prune", "d3.vab"]
        #expect(try Files.names(in: directory.path) == marked)
        #expect(try PruneMarks.read(in: files) == ["d1.vab": first.now, "d2.vab": first.now])
        let second = try input(shelf, after: Shelf.day)
        try Pruner.run(try PrunePlan(second), now: second.now, in: files)
        #expect(try Files.names(in: directory.path) == ["d3.vab"])
    }

    @Test func aMarkThatSaysNothingStartsTheGracePeriodAnew() throws {
        let shelf = Shelf.daily(2)
        try fill(shelf)
        let good = UTCTime.text(0) + "\n"
        let long = String(repeating: "x", count: 99)
        let far = "1970-01-01T9999999999999999:00:00.000Z\n"
        for text in ["", "0\n", "1970-01-01T00:00:00.000Zx", far, good + good, long] {
            try Files.write(text, to: directory.file("d1.vab.prune"))
            let input = try input(shelf)
            #expect(try PrunePlan(input).actions == [.mark(fileName: "d1.vab")], "\(text)")
        }
        unlink(directory.file("d1.vab.prune"))
        symlink("/etc/hostname", directory.file("d1.vab.prune"))
        #expect(try input(shelf).marks.isEmpty)
    }

    /// Every call fails once; then it is run again.
    @Test func aPruneThatFailedGoesOnWhenItIsRunAgain() throws {
        var shelf = Shelf()
        let full = shelf.add(at: Shelf.start)
        shelf.add(at: Shelf.start + 1, continuing: full)
        shelf.add(at: Shelf.start + 2)
        var target = 1
        while true {
            try fill(shelf)
            for name in ["d1.vab", "d2.vab"] {
                try PruneMarks.write(name, at: Shelf.start, in: files)
            }
            let faulty = InterposedFiles(files)
            var isHit = false
            faulty.intervene = { _ in
                guard faulty.callCount == target else { return nil }
                isHit = true
                return .fail(EIO)
            }
            let plan = try PrunePlan(try input(shelf, after: Shelf.day))
            var failure: BackupError?
            do throws(BackupError) {
                try Pruner.run(plan, now: 1, in: faulty)
            } catch { failure = error }
            #expect(failure?.exitCode == (isHit ? 23 : nil))
            let names = try Files.names(in: directory.path)
            #expect(!names.contains("d2.vab") || names.contains("d1.vab"), "call \(target)")
            try Pruner.run(plan, now: 1, in: files)
            #expect(try Files.names(in: directory.path) == ["d3.vab"])
            if !isHit { break }
            target += 1
        }
        #expect(target == 7)
    }
}
