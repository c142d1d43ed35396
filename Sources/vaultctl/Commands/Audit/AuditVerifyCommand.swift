import ArgumentParser
import VaultAccess
import VaultSeal

/// `vaultctl audit verify`: whether a log is as vaultd wrote it. Needs no running vault.
struct AuditVerifyCommand: OfflineCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that audit logs are as vaultd wrote them.",
        discussion: """
            Takes one file or all of a series, in any order; needs no running vault. Without a key \
            the chain of hashes is checked, which tells changes by anybody who did not make all of \
            it anew. With the data directory and one of its keys the codes that only the vault can \
            make are checked too. A file audit.head beside the last file tells whether lines are \
            missing at the end. Exits with 13 when something is wrong, with 12 when the key opens \
            no slot.

            EXAMPLES
              vaultctl audit verify /var/lib/vaultd/audit/*.jsonl
              vaultctl audit verify audit.jsonl --data-dir /var/lib/vaultd --keyfile ~/vault.key
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var credential: CredentialOptions

    @Argument(help: "The files of the log.", completion: .file())
    var files: [String]

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The data directory whose keyring has the keys of the log.", valueName: "directory"),
        completion: .directory)
    var dataDir: String?

    func validate() throws {
        let hasCredential = credential.passphraseFile != nil || credential.keyfile != nil
        guard credential.passphraseFile == nil || credential.keyfile == nil else {
            throw CommandFailure(
                .usage, "--passphrase-file and --keyfile exclude each other",
                nextStep: "any one key opens the vault")
        }
        guard hasCredential == (dataDir != nil) else {
            throw CommandFailure(
                .usage, "--data-dir and a key go together",
                nextStep: "give --data-dir and one of --keyfile and --passphrase-file, or none")
        }
    }

    func perform() throws -> ExitStatus {
        var keys: AuditKeys?
        if let dataDir { keys = try openKeys(in: dataDir) }
        defer { keys?.close() }
        let line = PercentLine(what: "verifying")
        let report: AuditReport
        do throws(AuditError) {
            report = try AuditVerifier(keys: keys).verify(files) { line.show($0, of: $1) }
        } catch {
            line.clear()
            throw CommandFailure(error)
        }
        line.clear()
        var output = StandardOutput()
        switch options.output {
        case .table: try output.write(AuditVerifyReport.table(report))
        case .json:
            var json = JSONWriter()
            AuditVerifyReport.write(report, to: &json)
            try output.write(document: &json)
        }
        try output.flush()
        guard report.isIntact else {
            throw CommandFailure(
                .damaged,
                "the audit log has \(Quantity.count(Int64(report.problemCount), "problem"))",
                nextStep: "compare it with a copy that is kept elsewhere")
        }
        return .done
    }

    private func openKeys(in directory: String) throws(CommandFailure) -> AuditKeys {
        let isPassphrase = credential.passphraseFile != nil
        var bytes: [UInt8]
        if let path = credential.passphraseFile {
            bytes = try SecretFile.passphrase(at: path).withBytes { Array($0) }
        } else if let path = credential.keyfile {
            bytes = try KeyFile.read(path).withBytes { Array($0) }
        } else {
            throw CommandFailure(.usage, "--data-dir needs a key", nextStep: "give --keyfile")
        }
        do throws(SealError) {
            let secret: Credential =
                isPassphrase
                ? try .passphrase(wiping: &bytes) : try .keyfile(wiping: &bytes)
            let opened = try KeyringFile.openAll(in: directory, with: secret)
            opened.cipher.close()
            return opened.auditKeys
        } catch {
            throw CommandFailure(error)
        }
    }
}
