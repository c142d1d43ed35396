import FoundationEssentials
import Glibc
import RPC
import Testing
import VaultAPI
import VaultTestSupport

extension CommandTests {
    /// The audit log's disk is full. Needs the right to mount a small file system.
    @Suite struct AuditFullDisk {
        @Test func aFullDiskStopsEverybodyButAdministratorsUntilThereIsRoom() async throws {
            guard let disk = try SmallDisk(mebibytes: 8) else {
                return print("not run: this user may not mount a tmpfs for the audit log")
            }
            let audited = try AuditedVault()
            try disk.mount(over: audited.auditDirectory)
            defer { disk.unmount() }
            let server = try audited.start()
            let guest = try await Guest(server)
            #expect(await guest.get() == .success("1"))
            try disk.fill()
            let refused = try await guest.getUntilRefused()
            #expect(
                refused.status
                    == Status(
                        .unavailable,
                        "vaultd: the audit log cannot be written: the disk is full: make room"))
            #expect(await guest.get() == .failure(refused.status))
            try expectThatAdministratorsCanWork(audited, server)

            try disk.empty()
            let goesOn = await guest.getsInTheEnd()
            #expect(goesOn)
            #expect(try audited.vaultctl(server, "audit", "status").status == .exit(0))
            let unlogged = try audited.lines().filter { $0.event == "refused-unlogged" }
            #expect(unlogged.compactMap(\.count).reduce(0, +) >= 2, "\(unlogged)")
            let verdict = try audited.verify()
            #expect(verdict.status == .exit(0), "\(verdict)")
            await guest.close()
            try server.stop()
        }

        private func expectThatAdministratorsCanWork(
            _ audited: AuditedVault, _ server: VaultdServer
        ) throws {
            let state = try audited.vaultctl(server, "audit", "status")
            #expect(state.status == .exit(1) && state.outputText.contains("full"), "\(state)")
            let commands = [
                ["status"], ["list"], ["del", "app/b"], ["compact", "4"], ["defragment"],
                ["audit", "tail"], ["audit", "hash", "app/a"], ["seal"],
                ["unseal", "--keyfile", audited.vault.keyfile],
            ]
            for command in commands {
                let result = try Program.run(
                    try BuiltPrograms.path("vaultctl"), ["--socket", server.socketPath] + command)
                #expect(result.status == .exit(0), "\(command): \(result)")
            }
        }
    }
}
