import Testing
import VaultTestSupport

extension CommandTests {
    /// The audit log over changes of the root key.
    @Suite struct RootRotation {
        @Test func theLogVerifiesOverChangesOfTheRootKeyAndRestarts() throws {
            let audited = try AuditedVault()
            for round in 1...2 {
                let server = try audited.start()
                for command in [["whoami"], ["rotate", "--root"], ["list"]] {
                    let result = try Program.run(
                        try BuiltPrograms.path("vaultctl"),
                        ["--socket", server.socketPath] + command)
                    #expect(result.status == .exit(0), "\(command): \(result)")
                }
                try server.stop()
                let lines = try audited.lines()
                let rekeyed = lines.filter { $0.event == "rekeyed" }
                #expect(rekeyed.count == round && rekeyed.allSatisfy { $0.mac != nil })
                // Under the new key, and named by the slot that opened it.
                #expect(lines.last { $0.event == "unsealed" }?.slotKind == "keyfile")
                let verdict = try audited.verify()
                #expect(verdict.status == .exit(0), "\(verdict)")
            }
            try forge(audited)
            let verdict = try audited.verify()
            #expect(verdict.status == .exit(13), "\(verdict)")
        }

        /// Takes the codes of the line that says so from another.
        private func forge(_ audited: AuditedVault) throws {
            var lines = try Files.text(audited.auditFile).split(separator: "\n")
            let rekeyed = try #require(lines.firstIndex { $0.contains("\"rekeyed\"") })
            let other = try #require(lines.firstIndex { $0.contains("\"unsealed\"") })
            let codes = lines[other].suffix(35)
            lines[rekeyed] = lines[rekeyed].dropLast(35) + codes
            try Files.write(lines.joined(separator: "\n") + "\n", to: audited.auditFile)
        }
    }
}
