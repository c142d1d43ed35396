import Glibc
import Testing
import VaultTestSupport

extension CommandTests {
    /// A ceremony at a terminal, as people hold it.
    @Suite struct Ceremony {
        private let scratch: TemporaryDirectory
        private let vaultctl: String
        private let shares: [String]

        /// A vault of shares and a passphrase, and one archive of it.
        init() throws {
            scratch = try TemporaryDirectory()
            vaultctl = try BuiltPrograms.path("vaultctl")
            try Files.write("correct horse battery staple\n", to: scratch.file("passphrase"))
            let server = try VaultdServer(dataDirectory: scratch.file("data"))
            let vault = [vaultctl, "--socket", server.socketPath]
            func run(_ arguments: String..., input: String = "") throws -> String {
                let result = try Program.run(
                    vault[0], Array(vault.dropFirst()) + arguments, input: Array(input.utf8))
                guard result.status == .exit(0) else { throw TestFailure("\(result)") }
                return result.outputText
            }
            let made = try run(
                "init", "-o", "json", "--shares", "3", "--threshold", "2", "--passphrase-file",
                scratch.file("passphrase"))
            shares = made.split { ",[]\"".contains($0) }.map(String.init).filter {
                $0.count > 40 && $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
            }
            guard shares.count == 3 else { throw TestFailure("no shares in \(made)") }
            _ = try run("put", "a", input: "secret of a vault")
            _ = try run("backup", "create", scratch.file("1.vab"))
            _ = mkdir(scratch.file("backups"), 0o700)
            try Files.write(
                try Files.read(scratch.file("1.vab")), to: scratch.file("backups") + "/1.vab")
            try server.stop()
        }

        private func begin() throws -> TerminalProgram {
            let program = try TerminalProgram(
                vaultctl,
                [
                    "drill", "ceremony", "--backups", scratch.file("backups"), "--ledger",
                    scratch.file("ledger"),
                ])
            try program.expect("the machine is gone")
            try program.expect("Who is here?")
            program.type("Ada, Bob")
            try program.expect("(yes or no): ")
            return program
        }

        @Test func sharesAreTypedAndNotShown() throws {
            let program = try begin()
            program.type("perhaps")
            try program.expect("Please type yes or no.")
            try program.expect("(yes or no): ")
            program.type("no")
            try program.expect("Number: ")
            program.type("2")
            try program.expect("Share 1: ")
            program.type(shares[2])
            try program.expect("1 of 2 are here.")
            try program.expect("Share 2: ")
            // One that was given already.
            program.type(shares[2])
            try program.expect("is refused")
            try program.expect("Share 2: ")
            program.type(shares[0])
            try program.expect("The key opens the backup")
            try program.expect("Everything of the rehearsal is gone again")
            try program.expect("pass: the key restores this backup")
            try program.expect("Ada")
            let end = try program.end()
            #expect(end == .exit(0))
            for share in shares { #expect(!program.text.contains(share)) }
            #expect(!program.text.contains("secret of a vault"))
            let lines = try Files.text(scratch.file("ledger") + "/drills.jsonl")
            #expect(lines.contains("\"level\":\"D3\""))
            #expect(!lines.contains("\"offline_last_proven\":null"))
        }

        @Test func aWrongPassphraseProvesNothing() throws {
            let program = try begin()
            program.type("yes")
            try program.expect("Next time let others do it.")
            try program.expect("Number: ")
            program.type("3")
            try program.expect("Passphrase: ")
            program.type("incorrect horse")
            try program.expect("NOT   The key opens the backup")
            try program.expect("the key was not proven")
            let end = try program.end()
            #expect(end == .exit(12))
            #expect(!program.text.contains("incorrect horse"))
            let lines = try Files.text(scratch.file("ledger") + "/drills.jsonl")
            #expect(lines.contains("\"keys\":null"))
        }

        @Test func whoPressesInterruptEndsIt() throws {
            let program = try begin()
            program.type("no")
            try program.expect("Number: ")
            program.type("2")
            try program.expect("Share 1: ")
            program.type("\u{03}")
            try program.expect("cancelled")
            let end = try program.end()
            #expect(end == .exit(1))
        }
    }
}
