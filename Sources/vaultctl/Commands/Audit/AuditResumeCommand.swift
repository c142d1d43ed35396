import ArgumentParser
import VaultAPI
import VaultClient

/// `vaultctl audit resume`: goes on after the log was removed, replaced or cut.
struct AuditResumeCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on in a new file after the log was removed, replaced or cut.",
        discussion: """
            vaultd answers nothing while its log is not as it left it. This makes it go on in a \
            new file, and answer again. What is missing stays visible: the new file goes on with \
            the next number and the hash of the last line, and with a line that says so.

            EXAMPLES
              vaultctl audit status
              vaultctl audit resume
            """)

    @OptionGroup var options: GlobalOptions

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let before = try await vault.auditState()
        guard !before.trouble.isEmpty else {
            throw CommandFailure(
                .failed, "nothing is wrong with the log",
                nextStep: "see 'vaultctl audit status'; nothing was changed")
        }
        let sequence = try await vault.auditResume()
        try report(Self.sentences(before, sequence: sequence), to: &output) {
            $0.field("path", before.path)
            $0.field("trouble", before.trouble)
            $0.field("sequence", sequence)
        }
        return .done
    }

    /// What went wrong, how to find out what is missing, and where the log goes on.
    static func sentences(_ before: Vault_V1_AuditStateResponse, sequence: UInt64) -> String {
        """
        what was wrong: \(TerminalText.escaped(before.trouble.utf8))
        what is missing: 'vaultctl audit verify FILE...' names the lines that no file has any more
        going on with line \(sequence) in \(TerminalText.escaped(before.path.utf8)); requests are \
        answered again
        """
    }
}
