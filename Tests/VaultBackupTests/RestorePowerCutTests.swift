import Glibc
import Testing
import VaultSeal
import VaultStore
import VaultTestSupport

@testable import VaultBackup

/// A power cut at any moment of a restore leaves no vault, or the whole one; and where it left
/// none, the restore can be done again. As the kernel was asked, enumerated.
@Suite struct RestorePowerCutTests {
    /// A backup, with the audit log in it or without.
    private struct Stage {
        let backed: BackedUpStore
        let archives: [String]
        let content: [String: String]
        let program: String
        /// In three files, the last of which the second archive has.
        let log: ChainedLog?

        init(isAudited: Bool) throws {
            program = try BuiltPrograms.path("vaultctl")
            backed = try BackedUpStore()
            for number in 0..<40 { try backed.put("k\(number % 9)", "value \(number)") }
            let before = ChainedLog(count: 40, fileLines: 25)
            let log = isAudited ? ChainedLog(count: 60, fileLines: 25) : nil
            var archives = [try backed.archive("full", log: isAudited ? before : nil)]
            if log != nil {
                let full = try ArchiveFile(path: archives[0])
                archives.append(try backed.archive("part", since: full, log: log))
            }
            (self.log, self.archives) = (log, archives)
            content = try backed.store.content()
        }

        func arguments(_ top: TemporaryDirectory) throws -> [String] {
            let keyfile = backed.scratch.file("key")
            try Files.write(backed.keyfile, to: keyfile)
            return ["backup", "restore"] + archives
                + ["--data-dir", top.file("target"), "--keyfile", keyfile]
        }

        /// What vaultctl does to a directory that it makes, and to the one above.
        func trace() throws -> [DiskOperation] {
            let top = try TemporaryDirectory()
            return try SyscallTrace.of(program, try arguments(top), below: top.path).operations
                + [.acknowledge]
        }

        func problem(_ top: String, _ state: CrashState) throws -> String? {
            let target = top + "/target"
            do {
                if try CurrentFile.read(in: target) == nil {
                    if state.isAcknowledged { return "a restored vault is gone" }
                    let opened = try BackedUpStore.opened(archives, keyfile: backed.keyfile)
                    defer { opened.close() }
                    _ = try Restore.run(
                        opened, into: target,
                        audit: { (path) throws(BackupError) in try RebuiltAudit(directory: path) })
                }
                let store = try backed.openRestored(target)
                defer { store.close() }
                guard try store.content() == content else { return "it holds something else" }
                return try log?.problem(in: target + "/audit")
            } catch { return "\(error)" }
        }
    }

    @Test(arguments: [false, true])
    func everyPowerCutLeavesNoVaultOrTheWholeOne(isAudited: Bool) throws {
        let stage = try Stage(isAudited: isAudited)
        let trace = try stage.trace()
        let states = CrashStates(of: trace).all
        print("a restore: \(trace.count) steps, \(states.count) states")
        let broken = try PowerCut.broken(states, check: stage.problem)
        #expect(broken.isEmpty, "\(broken.count) of \(states.count): \(broken.prefix(5))")
        #expect(states.contains { $0.files["target/CURRENT"] == nil && !$0.files.isEmpty })
        let halves = states.filter { state in
            state.files.keys.contains { $0.hasPrefix("target/audit/") }
                && state.files["target/CURRENT"] == nil
        }
        #expect(halves.isEmpty != isAudited)
    }

    /// What is made durable must be: left out, a state is found that breaks the promise.
    @Test(arguments: [
        "", "target", "target/data.mdb", "target/keyring", "target/CURRENT", "target/audit",
        "target/audit/audit.jsonl", "target/audit/audit.head",
        "target/audit/audit-00000000000000000001.jsonl",
    ])
    func aRestoreThatLeavesOutAnFsyncIsFound(of name: String) throws {
        let stage = try Stage(isAudited: name.contains("audit"))
        let trace = try stage.trace()
        let left = trace.synchronizations(of: name)
        #expect(!left.isEmpty)
        let states = CrashStates(of: trace.filter { !left.contains($0) }).all
            .subtracting(CrashStates(of: trace).all)
        #expect(try !PowerCut.broken(states, limit: 1, check: stage.problem).isEmpty)
    }

    /// As a fault leaves it, not a power cut: everything that was asked for is there.
    @Test(
        arguments: [
            FaultyProgram(call: "pwrite64", fault: "error=ENOSPC"),
            FaultyProgram(call: "pwrite64", fault: "signal=KILL"),
            FaultyProgram(call: "write", fault: "error=ENOSPC"),
            FaultyProgram(call: "fsync", fault: "error=EIO"),
            FaultyProgram(call: "fsync", fault: "signal=KILL"),
            FaultyProgram(call: "fdatasync", fault: "error=EIO"),
            FaultyProgram(call: "fdatasync", fault: "signal=KILL"),
            FaultyProgram(call: "rename", fault: "error=EIO"),
            FaultyProgram(call: "rename", fault: "signal=KILL"),
            FaultyProgram(call: "write", fault: "error=EINTR"),
            FaultyProgram(call: "write", fault: "signal=KILL"),
            FaultyProgram(call: "renameat", fault: "error=EIO"),
            FaultyProgram(call: "renameat", fault: "signal=KILL"),
            FaultyProgram(call: "link", fault: "signal=KILL"),
            FaultyProgram(call: "unlink", fault: "signal=KILL"),
            FaultyProgram(call: "mkdir", fault: "error=ENOSPC"),
            FaultyProgram(call: "mkdir", fault: "signal=KILL"),
            FaultyProgram(call: "ftruncate", fault: "error=ENOSPC"),
            FaultyProgram(call: "ftruncate", fault: "signal=KILL"),
        ], [false, true])
    func aFailureOrAKillAtAnyStepLeavesNoVaultOrTheWholeOne(
        _ faulty: FaultyProgram, isAudited: Bool
    ) throws {
        let stage = try Stage(isAudited: isAudited)
        let hits = try faulty.sweep { number in
            let top = try TemporaryDirectory()
            guard
                let result = try faulty.run(stage.program, try stage.arguments(top), number: number)
            else { return false }
            let state = CrashState(isAcknowledged: result.status == .exit(0))
            let what = try stage.problem(top.path, state)
            #expect(what == nil, "\(faulty.testDescription) \(number), \(result): \(what ?? "")")
            return true
        }
        print("a restore, \(faulty.testDescription), audited \(isAudited): \(hits) times")
        // Files of the log alone get their names in this way.
        #expect(hits > 0 || faulty.call == "renameat" && !isAudited)
    }
}
