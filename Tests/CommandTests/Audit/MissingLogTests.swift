import FoundationEssentials
import Glibc
import RPC
import Testing
import VaultTestSupport

extension CommandTests {
    /// Somebody took the audit log away, all of it, while nobody ran.
    @Suite struct MissingAuditLog {
        enum Deed: CaseIterable, Sendable {
            case removed, putBack
            /// The daemon was killed: what it noted when it was unsealed is what is known.
            case removedAfterKill
        }

        @Test(arguments: Deed.allCases)
        func aLogThatIsGoneStopsEverybodyUntilAnAdministratorResumes(deed: Deed) async throws {
            let audited = try AuditedVault()
            let old = audited.vault.directory.file("old")
            try Self.copy(audited.auditDirectory, to: old)
            let first = try audited.start()
            let guest = try await Guest(first)
            #expect(await guest.get() == .success("1"))
            await guest.close()
            if deed == .removedAfterKill { try first.kill() } else { try first.stop() }
            try Self.remove(audited.auditDirectory)
            if deed == .putBack { try Self.copy(old, to: audited.auditDirectory) }

            let second = try audited.start()
            let reason = "the log does not go as far as it did when the vault was open last"
            let state = try audited.vaultctl(second, "audit", "status")
            #expect(state.status == .exit(1) && state.outputText.contains(reason), "\(state)")
            let refused = try await Guest(second, isNew: false)
            guard case .failure(let status) = await refused.get() else {
                throw TestFailure("a guest was served")
            }
            #expect(status.code == .unavailable && status.message.contains(reason))
            // A new start forgets nothing.
            await refused.close()
            try second.kill()
            let third = try audited.start()
            #expect(try audited.vaultctl(third, "audit", "status").status == .exit(1))

            #expect(try audited.vaultctl(third, "audit", "resume").status == .exit(0))
            #expect(try audited.vaultctl(third, "audit", "status").status == .exit(0))
            try third.stop()
            let fourth = try audited.start()
            let again = try await Guest(fourth, isNew: false)
            #expect(await again.get() == .success("1"))
            await again.close()
            try fourth.stop()
            #expect(try audited.verify().outputText.contains(reason))
        }

        private static func copy(_ directory: String, to target: String) throws {
            mkdir(target, 0o700)
            for name in try Files.names(in: directory) {
                try Files.write(try Files.read("\(directory)/\(name)"), to: "\(target)/\(name)")
            }
        }

        private static func remove(_ directory: String) throws {
            for name in try Files.names(in: directory) { unlink("\(directory)/\(name)") }
            guard rmdir(directory) == 0 else { throw TestFailure("\(directory) stays: \(errno)") }
        }
    }
}
