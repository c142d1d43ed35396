import Glibc
import Testing
import VaultTestSupport

@testable import VaultBackup

/// The programs that publish archives, with each of their system calls failing, cut short, or being
/// the last: nothing that is not whole has the name, the vault goes on, and so does the next one.
@Suite struct PublisherFaultTests {
    private static let name = "a.vab"
    private let program: String

    init() throws { program = try BuiltPrograms.path("vaultctl") }

    private func succeed(_ arguments: [String]) throws {
        let result = try Program.run(program, arguments)
        #expect(result.status == .exit(0), "\(result)")
    }

    /// Whole when it is there, which it is after a success; beside it only what the next publisher
    /// clears away.
    private func check(
        _ directory: String, after result: ProgramResult, _ faulty: FaultyProgram, _ number: Int
    ) throws {
        let what: Comment = "\(faulty.testDescription) \(number), \(result)"
        let path = "\(directory)/\(Self.name)"
        for name in try Files.names(in: directory) {
            #expect(name == Self.name || TemporaryName.finalName(of: name) == Self.name, what)
        }
        if Files.exists(path) {
            #expect(throws: Never.self, what) { try ArchiveFile(path: path).verifyBytes() }
        } else {
            #expect(result.status != .exit(0), what)
        }
        if faulty.fault == "error=EINTR" { #expect(result.status == .exit(0), what) }
    }

    @Test(arguments: [
        FaultyProgram(call: "write", fault: "error=ENOSPC"),
        FaultyProgram(call: "write", fault: "error=EINTR"),
        FaultyProgram(call: "write", fault: "retval=1"),
        FaultyProgram(call: "write", fault: "signal=KILL"),
        FaultyProgram(call: "fsync", fault: "error=EIO"),
        FaultyProgram(call: "fsync", fault: "error=EINTR"),
        FaultyProgram(call: "fsync", fault: "signal=KILL"),
        FaultyProgram(call: "renameat2", fault: "error=EIO"),
        FaultyProgram(call: "renameat2", fault: "signal=KILL"),
    ])
    func aCopyThatFailsOrIsKilledPublishesNothingBroken(_ faulty: FaultyProgram) throws {
        let backed = try BackedUpStore()
        for number in 0..<20 { try backed.put("k\(number)", "v") }
        let archive = try backed.archive(Self.name)
        let hits = try faulty.sweep { number in
            let there = try TemporaryDirectory()
            let arguments = ["backup", "copy", archive, there.path]
            guard let result = try faulty.run(program, arguments, number: number) else {
                return false
            }
            try check(there.path, after: result, faulty, number)
            try succeed(arguments)
            // It clears away what the one before left, unless that had come to its end.
            #expect(try Files.read(there.file(Self.name)) == Files.read(archive))
            return true
        }
        print("a copy, \(faulty.testDescription): \(hits) times")
        #expect(hits > 0)
    }

    @Test(arguments: [
        FaultyProgram(call: "write", fault: "error=EINTR"),
        FaultyProgram(call: "write", fault: "signal=KILL"),
        FaultyProgram(call: "fsync", fault: "error=EIO"),
        FaultyProgram(call: "fsync", fault: "signal=KILL"),
        FaultyProgram(call: "renameat2", fault: "error=ENOSPC"),
        FaultyProgram(call: "renameat2", fault: "signal=KILL"),
    ])
    func aBackupThatFailsOrIsKilledPublishesNothingBroken(_ faulty: FaultyProgram) throws {
        let server = try VaultdServer.dev()
        let vault = ["--socket", server.socketPath]
        let scratch = try TemporaryDirectory()
        try Files.write(String(repeating: "value", count: 200), to: scratch.file("value"))
        for number in 0..<10 {
            try succeed(vault + ["put", "k\(number)", "--value-file", scratch.file("value")])
        }
        let content = try Program.run(program, vault + ["list"]).outputText
        let hits = try faulty.sweep { number in
            let there = try TemporaryDirectory()
            let arguments = vault + ["backup", "create", there.file(Self.name)]
            guard let result = try faulty.run(program, arguments, number: number) else {
                return false
            }
            try check(there.path, after: result, faulty, number)
            unlink(there.file(Self.name))
            try succeed(arguments)
            #expect(try Files.names(in: there.path) == [Self.name])
            return true
        }
        // Also where only the file's writes fail, and not those to the vault: short at first.
        for blocks in 0...3 {
            let there = try TemporaryDirectory()
            let command = "trap '' XFSZ; ulimit -f \(blocks); exec \"$@\""
            let arguments = vault + ["backup", "create", there.file(Self.name)]
            let result = try Program.run("/bin/sh", ["-c", command, "sh", program] + arguments)
            #expect(result.status == .exit(20), "\(blocks) blocks: \(result)")
            #expect(try Files.names(in: there.path).isEmpty)
        }
        // It was only read.
        #expect(try Program.run(program, vault + ["list"]).outputText == content)
        #expect(content.split(separator: "\n").count >= 10)
        print("a backup, \(faulty.testDescription): \(hits) times")
        #expect(hits > 0)
        try server.stop()
    }
}
