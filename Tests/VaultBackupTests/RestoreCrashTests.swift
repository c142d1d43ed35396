import Glibc
import Testing
import VaultStore
import VaultTestSupport

@testable import VaultBackup

/// A restore that is killed leaves nothing that could be started, and can be done again.
@Suite struct RestoreCrashTests {
    @Test(
        arguments: TestSeed.seeds(1 + TestSeed.soakRounds, for: "killed restores"), [false, true])
    func aKilledRestoreLeavesNoVaultAndCanBeRepeated(
        seed: UInt64, isAudited: Bool
    ) async throws {
        print("aKilledRestoreLeavesNoVaultAndCanBeRepeated(): VAULT_SEED=\(seed)")
        var random = SeededRandom(seed: seed)
        let backed = try BackedUpStore()
        let value = String(repeating: "v", count: 400)
        for number in 0..<2_000 { try backed.put("k\(number % 500)", "\(number) \(value)") }
        // As long to restore as the records.
        let log = isAudited ? ChainedLog(count: 10_000, fileLines: 1_500) : nil
        let archive = try backed.archive("full", log: log)
        let keyfile = backed.scratch.file("key")
        try Files.write(backed.keyfile, to: keyfile)
        let target = backed.scratch.file("target")
        let arguments = ["backup", "restore", archive, "--data-dir", target, "--keyfile", keyfile]
        let program = try BuiltPrograms.path("vaultctl")
        let start = ContinuousClock.now
        try Self.restore(program, arguments)
        var whole = start.duration(to: .now)
        var unfinished = 0
        for point in 0..<20 {
            TemporaryDirectory.remove(target)
            let running = try Program(program, arguments)
            // Spread over the time that a whole one takes, and a little more.
            let wait = whole * (Double(random.next() % 1_100) / 1_000)
            try await Task.sleep(for: wait)
            try running.stop(SIGKILL)
            if Files.exists(target + "/CURRENT") {
                // Published: then it is whole, and another restore leaves it alone. This one took
                // no longer than the wait, so the next points lie before that.
                try backed.openRestored(target).close()
                #expect(try log?.problem(in: target + "/audit") == nil, "point \(point)")
                whole = min(whole, wait)
                continue
            }
            unfinished += 1
            try Self.restore(program, arguments)
            let store = try backed.openRestored(target)
            #expect(try store.content() == backed.store.content(), "point \(point)")
            store.close()
            #expect(try log?.problem(in: target + "/audit") == nil, "point \(point)")
        }
        #expect(unfinished > 0, "no restore was killed before its end")
    }

    /// How many calls of pread64 come before a program's own.
    private static func loaderReads(_ program: String) -> Int {
        do {
            let result = try Program.run(
                "strace", ["-f", "-qq", "-e", "trace=pread64", program, "--version"])
            return result.errorText.split(separator: "\n").count { $0.contains("pread64(") }
        } catch { return 0 }
    }

    private static func restore(_ program: String, _ arguments: [String]) throws {
        let result = try Program.run(program, arguments)
        #expect(result.status == .exit(0), "\(result.errorText)")
    }

    /// Whatever system call fails, and whenever: nothing is published, the exit status says what
    /// kind of failure it was, and the next restore succeeds.
    @Test(
        arguments: [
            ("pwrite64", "ENOSPC"), ("fsync", "EIO"), ("fdatasync", "EIO"), ("write", "ENOSPC"),
            ("pread64", "EIO"), ("rename", "EIO"), ("renameat", "EIO"), ("ftruncate", "ENOSPC"),
        ], [false, true])
    func aCallThatFailsLeavesNoVault(_ failing: (call: String, fault: String), isAudited: Bool)
        throws
    {
        let (call, fault) = failing
        let backed = try BackedUpStore()
        for number in 0..<300 { try backed.put("k\(number % 50)", "value \(number)") }
        let log = isAudited ? ChainedLog(count: 60, fileLines: 25) : nil
        let archive = try backed.archive("full", log: log)
        let keyfile = backed.scratch.file("key")
        try Files.write(backed.keyfile, to: keyfile)
        let target = backed.scratch.file("target")
        let arguments = ["backup", "restore", archive, "--data-dir", target, "--keyfile", keyfile]
        let program = try BuiltPrograms.path("vaultctl")
        var failures = 0
        // The loader of programs reads the libraries with pread64; from there on it is ours.
        let first = call == "pread64" ? Self.loaderReads(program) : 0
        for number in first + 1...first + 6 {
            let result = try Program.run(
                "strace",
                [
                    "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e",
                    "inject=\(call):error=\(fault):when=\(number)", program,
                ] + arguments)
            if Files.exists(target + "/CURRENT") {
                // Whatever failed did not matter: what is there is whole.
                try backed.openRestored(target).close()
                #expect(try log?.problem(in: target + "/audit") == nil)
                TemporaryDirectory.remove(target)
                continue
            }
            failures += 1
            #expect(
                [.exit(20), .exit(23), .exit(13), .exit(1)].contains(result.status),
                "\(call) \(number): \(result)")
            try Self.restore(program, arguments)
            #expect(try log?.problem(in: target + "/audit") == nil)
            TemporaryDirectory.remove(target)
        }
        print("\(call) \(fault): \(failures) restores failed")
    }
}
