import Glibc
import Testing
import VaultTestSupport

@testable import VaultBackup

/// A power cut at any moment of a prune, or of the line that it adds to the ledger: archives that
/// stay are whole, none lacks its parent, no line is lost, and both can go on. As the kernel was
/// asked, enumerated.
@Suite struct PrunePowerCutTests {
    /// A prune and the disk before it.
    private struct Run {
        var before: [String: [UInt8]]
        var trace: [DiskOperation]
        var after: [String: [UInt8]]
    }

    private static let names = ["drills.jsonl", "drills.jsonl.head", "ledger.key"]
    private static let directories: Set = ["archives", "ledger"]
    private let runs: [Run]
    private let program: String

    /// Prunes twice: to mark two of three archives, and to delete them.
    init() throws {
        let backed = try BackedUpStore()
        let top = try TemporaryDirectory()
        program = try BuiltPrograms.path("vaultctl")
        let archives = try ["d1.vab", "d2.vab", "d3.vab"].enumerated().map { index, name in
            try backed.put("k", "\(index)")
            let parent = index == 1 ? try ArchiveFile(path: backed.scratch.file("d1.vab")) : nil
            return (name, try Files.read(try backed.archive(name, since: parent)))
        }
        var runs: [Run] = []
        mkdir(top.file("archives"), 0o700)
        mkdir(top.file("ledger"), 0o700)
        for (name, bytes) in archives { try Files.write(bytes, to: top.file("archives/\(name)")) }
        for _ in 0..<2 {
            let before = try Self.content(of: top.path)
            let trace = try SyscallTrace.of(
                program, Self.arguments(top), below: top.path, before: before.keys)
            runs.append(
                Run(
                    before: before, trace: trace.operations + [.acknowledge],
                    after: try Self.content(of: top.path)))
        }
        self.runs = runs
    }

    private static func arguments(_ top: TemporaryDirectory) -> [String] {
        [
            "backup", "prune", top.file("archives"), "--ledger", top.file("ledger"),
            "--keep-within-daily", "1d", "--minimum", "1", "--grace", "0", "--confirm",
        ]
    }

    private static func content(of path: String) throws -> [String: [UInt8]] {
        var content: [String: [UInt8]] = [:]
        for file in try Files.allFiles(below: path) {
            content[String(file.dropFirst(path.count + 1))] = try Files.read(file)
        }
        return content
    }

    private func states(_ run: Run, without isLeftOut: ((DiskOperation) -> Bool)? = nil) -> Set<
        CrashState
    > {
        let all = CrashStates(of: run.trace, before: run.before, directories: Self.directories).all
        guard let isLeftOut else { return all }
        return CrashStates(
            of: run.trace.filter { !isLeftOut($0) }, before: run.before,
            directories: Self.directories
        ).all.subtracting(all)
    }

    private func problem(_ run: Run, _ path: String, _ state: CrashState) -> String? {
        do {
            return try archivesProblem(run, path + "/archives", state)
                ?? ledgerProblem(run, path + "/ledger", state)
        } catch { return "\(error)" }
    }

    private func archivesProblem(
        _ run: Run, _ path: String, _ state: CrashState
    ) throws -> String? {
        for name in ["d1", "d2", "d3"] {
            let file = "archives/\(name).vab"
            let bytes = state.files[file]
            if bytes != nil, bytes != run.before[file] { return "\(name) was changed" }
            if bytes == nil, run.after[file] != nil { return "\(name) was to stay" }
            if bytes != nil, run.after[file] == nil, state.isAcknowledged {
                return "\(name) came back"
            }
        }
        if state.files["archives/d2.vab"] != nil, state.files["archives/d1.vab"] == nil {
            return "d2 lacks its parent"
        }
        let files = try DirectoryFiles.open(path)
        let marks = try PruneMarks.read(in: files)
        if state.isAcknowledged, Set(marks.keys) != Set(try afterMarks(run)) {
            return "the marks are not those that were written"
        }
        // It can be done again, and then goes on.
        for _ in 0..<2 { try Self.prune(path, files) }
        return try Files.names(in: path).filter { !$0.hasPrefix(".") } == ["d3.vab"]
            ? nil : "the next prunes leave something"
    }

    private func afterMarks(_ run: Run) throws -> [String] {
        run.after.keys.filter { $0.hasSuffix(".prune") }
            .map { String($0.dropFirst("archives/".count).dropLast(".prune".count)) }
    }

    private static func prune(_ path: String, _ files: DirectoryFiles) throws {
        var input = PruneInput()
        for name in try Files.names(in: path) where name.hasSuffix(".vab") {
            input.candidates.append(
                .init(ArchiveEntry(try ArchiveFile(path: "\(path)/\(name)")), isAuthentic: true))
        }
        input.rules = KeepRules(everythingWithin: nil, periods: [:], minimum: 1)
        input.limits = PruneLimits(grace: 0, isConfirmed: true)
        input.marks = try PruneMarks.read(in: files)
        input.now = 4_000_000_000_000
        try Pruner.run(try PrunePlan(input), now: input.now, in: files)
    }

    /// Opened as the next drill opens it.
    private func ledgerProblem(
        _ run: Run, _ path: String, _ state: CrashState
    ) throws -> String? {
        let files = try DirectoryFiles.open(path)
        var ledger = try PatientLedger.open(Self.names[0], key: Self.names[2], now: 1, in: files)
        let whole = try Files.read("\(path)/\(Self.names[0])")
        if !whole.starts(with: run.before["ledger/drills.jsonl"] ?? []) { return "lines are lost" }
        if state.isAcknowledged, !whole.starts(with: run.after["ledger/drills.jsonl"] ?? []) {
            return "the line that was said to be there is not"
        }
        let lines = whole.count { $0 == 0x0A }
        try ledger.append(.missed(MissedRun(level: .scrub, due: 1)), at: 2)
        _ = consume ledger
        _ = try PatientLedger.open(Self.names[0], key: Self.names[2], now: 1, in: files)
        let bytes = try Files.read("\(path)/\(Self.names[0])")
        return bytes.count { $0 == 0x0A } == lines + 1 && bytes.starts(with: whole)
            ? nil : "it does not go on where it ended"
    }

    @Test(arguments: [0, 1])
    func everyPowerCutLeavesWholeChainsAndEveryLine(number: Int) throws {
        let run = runs[number]
        let states = states(run)
        print("prune \(number + 1): \(run.trace.count) steps, \(states.count) states")
        let broken = try PowerCut.broken(states) { problem(run, $0, $1) }
        #expect(broken.isEmpty, "\(broken.count) of \(states.count): \(broken.prefix(5))")
        // It was about something: lines cut short, and marks or deletions that were lost.
        let torn = states.filter {
            $0.files["ledger/drills.jsonl"]?.last.map { $0 != 0x0A } ?? false
        }
        #expect(!torn.isEmpty)
    }

    /// What is made durable must be: left out, a state is found that breaks the promise.
    @Test(arguments: [
        (0, "archives"), (0, "ledger"), (0, "archives/d1.vab.prune"), (0, "ledger/drills.jsonl"),
        (0, "ledger/drills.jsonl.head"), (0, "ledger/ledger.key"), (1, "archives"),
        (1, "ledger/drills.jsonl"), (1, "ledger/drills.jsonl.head"),
    ])
    func aPruneThatLeavesOutAnFsyncIsFound(number: Int, of name: String) throws {
        let run = runs[number]
        let left = run.trace.synchronizations(of: name, before: run.before)
        #expect(!left.isEmpty)
        let states = states(run) { left.contains($0) }
        let broken = try PowerCut.broken(states, limit: 1) { problem(run, $0, $1) }
        #expect(!broken.isEmpty)
    }

    /// As a fault leaves it, not a power cut: everything that was asked for is there.
    @Test(arguments: [
        FaultyProgram(call: "write", fault: "error=ENOSPC"),
        FaultyProgram(call: "write", fault: "error=EINTR"),
        FaultyProgram(call: "write", fault: "retval=1"),
        FaultyProgram(call: "write", fault: "signal=KILL"),
        FaultyProgram(call: "fsync", fault: "error=EIO"),
        FaultyProgram(call: "fsync", fault: "signal=KILL"),
        FaultyProgram(call: "renameat2", fault: "error=EIO"),
        FaultyProgram(call: "renameat", fault: "error=EIO"),
        FaultyProgram(call: "renameat", fault: "signal=KILL"),
        FaultyProgram(call: "unlinkat", fault: "error=EIO"),
        FaultyProgram(call: "unlinkat", fault: "signal=KILL"),
    ])
    func aFailureOrAKillAtAnyStepLosesNothing(_ faulty: FaultyProgram) throws {
        var hits = 0
        for run in runs {
            hits += try faulty.sweep { number in
                let top = try TemporaryDirectory()
                try CrashState(files: run.before, directories: Self.directories).write(to: top.path)
                guard
                    let result = try faulty.run(program, Self.arguments(top), number: number)
                else { return false }
                // Whether it succeeded: a signal or a short write may have changed nothing.
                let state = CrashState(
                    files: try Self.content(of: top.path), directories: Self.directories)
                let what = problem(run, top.path, state)
                #expect(
                    what == nil, "\(faulty.testDescription) \(number), \(result): \(what ?? "")")
                return true
            }
        }
        print("a prune, \(faulty.testDescription): \(hits) times")
        #expect(hits > 0 || faulty.call == "renameat2")
    }
}
