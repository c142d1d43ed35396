import Glibc
import Testing
import VaultSeal
import VaultStore
import VaultTestSupport

@testable import VaultBackup

/// A power cut at any moment of a restore leaves no vault, or the whole one; and where it left
/// none, the restore can be done again. As the kernel was asked, enumerated.
@Suite struct RestorePowerCutTests {
    private let backed: BackedUpStore
    private let archive: String
    private let content: [String: String]
    private let program: String

    init() throws {
        program = try BuiltPrograms.path("vaultctl")
        backed = try BackedUpStore()
        for number in 0..<40 { try backed.put("k\(number % 9)", "value \(number)") }
        archive = try backed.archive("full")
        content = try backed.store.content()
    }

    private func arguments(_ top: TemporaryDirectory) throws -> [String] {
        let keyfile = backed.scratch.file("key")
        try Files.write(backed.keyfile, to: keyfile)
        return [
            "backup", "restore", archive, "--data-dir", top.file("target"), "--keyfile", keyfile,
        ]
    }

    /// What vaultctl does to a directory that it makes, and to the one above.
    private func trace() throws -> [DiskOperation] {
        let top = try TemporaryDirectory()
        return try SyscallTrace.of(program, try arguments(top), below: top.path).operations
            + [.acknowledge]
    }

    private func problem(_ top: String, _ state: CrashState) throws -> String? {
        let target = top + "/target"
        do {
            if try CurrentFile.read(in: target) == nil {
                if state.isAcknowledged { return "a restored vault is gone" }
                let opened = try backed.opened(archive)
                defer { opened.close() }
                _ = try Restore.run(opened, into: target)
            }
            let store = try backed.openRestored(target)
            defer { store.close() }
            return try store.content() == content ? nil : "it holds something else"
        } catch { return "\(error)" }
    }

    @Test func everyPowerCutLeavesNoVaultOrTheWholeOne() throws {
        let trace = try trace()
        let states = CrashStates(of: trace).all
        print("a restore: \(trace.count) steps, \(states.count) states")
        let broken = try PowerCut.broken(states, check: problem)
        #expect(broken.isEmpty, "\(broken.count) of \(states.count): \(broken.prefix(5))")
        #expect(states.contains { $0.files["target/CURRENT"] == nil && !$0.files.isEmpty })
    }

    /// What is made durable must be: left out, a state is found that breaks the promise.
    @Test(arguments: ["", "target", "target/data.mdb", "target/keyring", "target/CURRENT"])
    func aRestoreThatLeavesOutAnFsyncIsFound(of name: String) throws {
        let trace = try trace()
        let left = trace.synchronizations(of: name)
        #expect(!left.isEmpty)
        let states = CrashStates(of: trace.filter { !left.contains($0) }).all
            .subtracting(CrashStates(of: trace).all)
        #expect(try !PowerCut.broken(states, limit: 1, check: problem).isEmpty)
    }

    /// As a fault leaves it, not a power cut: everything that was asked for is there.
    @Test(arguments: [
        FaultyProgram(call: "pwrite64", fault: "error=ENOSPC"),
        FaultyProgram(call: "pwrite64", fault: "signal=KILL"),
        FaultyProgram(call: "write", fault: "error=ENOSPC"),
        FaultyProgram(call: "fsync", fault: "error=EIO"),
        FaultyProgram(call: "fsync", fault: "signal=KILL"),
        FaultyProgram(call: "fdatasync", fault: "error=EIO"),
        FaultyProgram(call: "fdatasync", fault: "signal=KILL"),
        FaultyProgram(call: "rename", fault: "error=EIO"),
        FaultyProgram(call: "rename", fault: "signal=KILL"),
        FaultyProgram(call: "link", fault: "signal=KILL"),
        FaultyProgram(call: "unlink", fault: "signal=KILL"),
        FaultyProgram(call: "mkdir", fault: "error=ENOSPC"),
        FaultyProgram(call: "mkdir", fault: "signal=KILL"),
        FaultyProgram(call: "ftruncate", fault: "error=ENOSPC"),
        FaultyProgram(call: "ftruncate", fault: "signal=KILL"),
    ])
    func aFailureOrAKillAtAnyStepLeavesNoVaultOrTheWholeOne(_ faulty: FaultyProgram) throws {
        let hits = try faulty.sweep { number in
            let top = try TemporaryDirectory()
            guard let result = try faulty.run(program, try arguments(top), number: number) else {
                return false
            }
            let state = CrashState(isAcknowledged: result.status == .exit(0))
            let what = try problem(top.path, state)
            #expect(what == nil, "\(faulty.testDescription) \(number), \(result): \(what ?? "")")
            return true
        }
        print("a restore, \(faulty.testDescription): \(hits) times")
        #expect(hits > 0)
    }
}
