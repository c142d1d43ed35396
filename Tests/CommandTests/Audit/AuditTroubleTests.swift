import FoundationEssentials
import Glibc
import RPC
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests {
    /// The audit log cannot go on, in a server that runs: nobody is served but administrators, and
    /// all goes on when it can. A disk that is full has a suite of its own.
    @Suite struct AuditTrouble {
        /// What somebody does to the log, and what the server says of it.
        enum Deed: String, CaseIterable, Sendable {
            case removed, replaced, truncated, appended

            func perform(on file: String) throws {
                switch self {
                case .removed: unlink(file)
                case .replaced:
                    // At once: the server may look at any moment.
                    try Files.write(try Files.read(file), to: file + ".other")
                    rename(file + ".other", file)
                case .truncated: truncate(file, off_t(try Files.read(file).count / 2))
                case .appended:
                    let descriptor = open(file, O_WRONLY | O_APPEND)
                    write(descriptor, "{}\n", 3)
                    close(descriptor)
                }
            }

            var text: String {
                switch self {
                case .removed: "the file was removed"
                case .replaced: "another file has its name"
                case .truncated: "the file is shorter than what was written"
                case .appended: "somebody else wrote to the file"
                }
            }
        }

        @Test(arguments: Deed.allCases)
        func whatIsDoneToTheFileStopsEverybodyUntilAnAdministratorResumes(
            deed: Deed
        ) async throws {
            let audited = try AuditedVault()
            let server = try audited.start()
            let guest = try await Guest(server)
            #expect(await guest.get() == .success("1"))
            try deed.perform(on: audited.auditFile)
            let refused = try await guest.getUntilRefused()
            #expect(
                refused.status
                    == Status(
                        .unavailable,
                        "vaultd: the audit log cannot be written: \(deed.text): find out why, then "
                            + "run 'vaultctl audit resume'"))
            try expectThatAdministratorsCanWork(audited, server, trouble: deed.text)
            // A sealed vault does not forget that something is wrong.
            #expect(try audited.vaultctl(server, "seal").status == .exit(0))
            #expect(
                try audited.vaultctl(server, "unseal", "--keyfile", audited.vault.keyfile).status
                    == .exit(0))
            let again = try await Guest(server, isNew: false)
            #expect(await again.get() == .failure(refused.status))

            #expect(try audited.vaultctl(server, "audit", "resume").status == .exit(0))
            #expect(await again.get() == .success("1"))
            #expect(try audited.vaultctl(server, "audit", "status").status == .exit(0))
            let unlogged = try LoggedFiles.lines(of: audited.auditFile).filter {
                $0.event == "refused-unlogged"
            }
            let counted = unlogged.compactMap(\.count).reduce(0, +)
            #expect(counted >= refused.count + 1 && counted <= refused.count + 2, "\(unlogged)")
            let verdict = try audited.verify()
            #expect(verdict.outputText.contains(deed.text), "\(verdict)")
            await again.close()
            await guest.close()
            try server.stop()
        }

        /// Nothing can be written: the directory is not where it was.
        @Test func aDirectoryThatIsGoneStopsEverybodyUntilItIsBack() async throws {
            let audited = try AuditedVault()
            let server = try audited.start()
            let guest = try await Guest(server)
            let elsewhere = audited.vault.directory.file("elsewhere")
            #expect(rename(audited.auditDirectory, elsewhere) == 0)
            let refused = try await guest.getUntilRefused()
            #expect(
                refused.status
                    == Status(
                        .unavailable,
                        "vaultd: the audit log cannot be written: no such file or directory: see "
                            + "to the disk"))
            // What closes the vault, and what says how it is, works with no log at all.
            #expect(try audited.vaultctl(server, "status").status == .exit(0))
            let state = try audited.vaultctl(server, "audit", "status")
            #expect(state.status == .exit(1) && state.outputText.contains("no such file"))
            let list = try audited.vaultctl(server, "list")
            #expect(list.status != .exit(0) && list.errorText.contains("the audit log"), "\(list)")
            #expect(try audited.vaultctl(server, "seal").status == .exit(0))
            #expect(try audited.vaultctl(server, "status").status == .exit(5))

            #expect(rename(elsewhere, audited.auditDirectory) == 0)
            try await untilTheLogGoesOn(audited, server)
            #expect(
                try audited.vaultctl(server, "unseal", "--keyfile", audited.vault.keyfile).status
                    == .exit(0))
            let again = try await Guest(server, isNew: false)
            #expect(await again.get() == .success("1"))
            let unlogged = try audited.lines().filter { $0.event == "refused-unlogged" }
            #expect(
                unlogged.compactMap(\.count).reduce(0, +) >= refused.count, "\(unlogged)")
            let verdict = try audited.verify()
            #expect(verdict.status == .exit(0), "\(verdict)")
            await again.close()
            await guest.close()
            try server.stop()
        }

        /// A vault that is unsealed while nothing can be written is not without codes afterwards.
        @Test func linesHaveTheirCodeAgainWhenTheLogGoesOn() async throws {
            let audited = try AuditedVault()
            let server = try audited.start()
            let guest = try await Guest(server)
            #expect(try audited.vaultctl(server, "seal").status == .exit(0))
            let elsewhere = audited.vault.directory.file("elsewhere")
            #expect(rename(audited.auditDirectory, elsewhere) == 0)
            _ = try await guest.getUntilRefused()
            #expect(
                try audited.vaultctl(server, "unseal", "--keyfile", audited.vault.keyfile).status
                    != .exit(0), "it has no line, so it is not answered")
            #expect(rename(elsewhere, audited.auditDirectory) == 0)
            try await untilTheLogGoesOn(audited, server)
            let unsealed = await inTheEnd {
                try audited.lines().contains { $0.event == "unsealed" && $0.mac != nil }
            }
            #expect(unsealed)
            #expect(try audited.vaultctl(server, "list").status == .exit(0))
            let lines = try audited.lines()
            let last = try #require(lines.last { $0.method == "etcdserverpb.KV/Range" })
            #expect(last.mac != nil && last.status == "OK")
            let verdict = try audited.verify()
            #expect(verdict.status == .exit(0), "\(verdict)")
            await guest.close()
            try server.stop()
        }

        private func inTheEnd(_ condition: @escaping @Sendable () throws -> Bool) async -> Bool {
            await withCheckedContinuation { continuation in
                _ = TestThread {
                    continuation.resume(
                        returning: Waiting.until(.seconds(60)) { (try? condition()) == true })
                }
            }
        }

        private func untilTheLogGoesOn(_ audited: AuditedVault, _ server: VaultdServer) async throws
        {
            let goesOn = await inTheEnd {
                try audited.vaultctl(server, "audit", "status").status == .exit(0)
            }
            #expect(goesOn)
        }

        private func expectThatAdministratorsCanWork(
            _ audited: AuditedVault, _ server: VaultdServer, trouble: String
        ) throws {
            let state = try audited.vaultctl(server, "audit", "status")
            #expect(state.status == .exit(1) && state.outputText.contains(trouble), "\(state)")
            for command in [["status"], ["list"], ["del", "app/b"], ["defragment"]] {
                let result = try Program.run(
                    try BuiltPrograms.path("vaultctl"), ["--socket", server.socketPath] + command)
                #expect(result.status == .exit(0), "\(command): \(result)")
            }
        }
    }
}
