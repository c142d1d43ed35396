import ArgumentParser
import VaultBackup
import VaultClient
import VaultSeal

/// `vaultctl backup restore`: a data directory from archives, which needs no vault; or some keys of
/// a running vault.
struct BackupRestoreCommand: CommandLineCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a data directory from archives, or give keys of a vault back.",
        discussion: """
            Into an empty directory only, with any one key of the vault. Name the archives in any \
            order: the newest, and what it continues. Everything is verified before the directory \
            becomes a vault; after a failure nothing of it stays. With --revision later changes \
            are left out. The restored vault has all its key slots, begins a new timeline and \
            gives out revisions that the lost one cannot have given out. It serves at once, but \
            nothing of it ends or is removed before 'vaultctl accept'.

            With --into-live the running vault goes on, and keys below --prefix get the values \
            back that they had at --revision: as you, in new revisions, after the archives were \
            verified and you have seen what changes. A key that somebody changes meanwhile stays \
            as it is. A key that hung on a lease which is over comes back without it. It may be \
            done again at any time, and writes only what is not yet as it was.

            EXAMPLES
              vaultctl backup restore vault.vab --data-dir /var/lib/vaultd
              vaultctl backup restore /backup/*.vab --data-dir /var/lib/vaultd \\
                  --recovery-key /media/usb/recovery.key
              vaultctl backup restore /backup/*.vab --data-dir D --revision 4711 --keyfile K
              vaultctl backup restore /backup/*.vab --into-live --prefix app/ --revision 4711 \\
                  --keyfile K --dry-run
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var credential: CredentialOptions
    @OptionGroup var opening: OpeningOptions
    @OptionGroup var live: LiveRestoreOptions

    @Argument(help: "The archives, in any order.", completion: .file())
    var files: [String]

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The directory to make the vault in; empty or missing.", valueName: "directory"),
        completion: .directory)
    var dataDir: String?

    @Flag(
        name: .long,
        help: "With --data-dir: leave out the audit log, where the archives have it.")
    var withoutAudit = false

    @Option(name: .long, help: "Leave out changes after this revision.")
    var revision: Int64?

    func validate() throws {
        try opening.check(with: credential)
        try live.check(dataDir: dataDir)
        try ArchiveArguments.check(files)
        guard revision ?? 1 >= 1 else {
            throw CommandFailure(
                .usage, "--revision is 1 or more", nextStep: "see 'vaultctl backup list'")
        }
    }

    func perform() async throws -> ExitStatus {
        do {
            let files = try files.map { (path) throws(BackupError) in try ArchiveFile(path: path) }
            var chain = try ArchiveChain(of: files)
            if let revision { chain = try chain.covering(revision) }
            if let dataDir {
                try restore(chain, into: dataDir)
            } else {
                try await restoreIntoLive(chain)
            }
        } catch let error as BackupError {
            throw CommandFailure(error)
        }
        return .done
    }

    private func restore(_ chain: ArchiveChain, into directory: String) throws {
        let path =
            directory.hasSuffix("/") && directory.count > 1
            ? String(directory.dropLast()) : directory
        let opened = try OpenedChain(
            chain, with: try KeptKey.read(credential, opening).credential())
        defer { opened.close() }
        let line = PercentLine(what: "restoring")
        defer { line.clear() }
        let total = chain.files.reduce(0) { $0 + $1.byteCount }
        var done: Int64 = 0
        let report = try Restore.run(
            opened, into: path, options: RestoreOptions(revision: revision),
            audit: withoutAudit
                ? nil : { (path) throws(BackupError) in try RestoredAudit(directory: path) }
        ) {
            done += Int64($0)
            line.show(done, of: total)
        }
        line.clear()
        var output = StandardOutput()
        try say(report, path, to: &output)
        try output.flush()
    }

    private func restoreIntoLive(_ chain: ArchiveChain) async throws {
        let restore = LiveRestore(options: live, output: options.output, revision: revision)
        try await options.onVault { vault in
            var output = StandardOutput()
            do {
                try await restore.check(chain, against: vault)
                let opened = try OpenedChain(
                    chain, with: try KeptKey.read(credential, opening).credential())
                defer { opened.close() }
                try await restore.run(opened, on: vault, to: &output)
            } catch {
                throw AccessNeed.explaining(error, needs: restore.needs, user: options.user)
            }
        }
    }

    private func say(
        _ report: RestoreReport, _ path: String, to output: inout StandardOutput
    ) throws(CommandFailure) {
        switch options.output {
        case .table:
            var fields = FieldList()
            fields.add(
                "restored",
                "\(TerminalText.escaped(path.utf8)), up to revision "
                    + "\(report.restoredRevision)")
            fields.add("records", "\(report.records)")
            if report.leases > 0 { fields.add("leases", "\(report.leases)") }
            if report.revivedLeases > 0 {
                fields.add(
                    "revived",
                    "\(report.revivedLeases) leases that had ended after that revision; "
                        + "they last an hour from 'vaultctl accept'")
            }
            if report.auditLine > 0 {
                fields.add("audit log", "up to line \(report.auditLine), where it goes on")
            }
            fields.add(
                "timeline",
                "\(report.timeline), which goes on from revision "
                    + "\(report.currentRevision)")
            fields.add("opened by", "slot \(report.slot.id), \(report.slot.kind)")
            fields.add(
                "next", "start vaultd on it, unseal it, look at it, then 'vaultctl accept'")
            try output.write(fields.rendered())
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("data_dir", path)
                $0.field("store_id", report.storeID.description)
                $0.field("timeline", report.timeline)
                $0.field("restored_revision", report.restoredRevision)
                $0.field("current_revision", report.currentRevision)
                $0.field("records", report.records)
                $0.field("leases", report.leases)
                $0.field("revived_leases", report.revivedLeases)
                $0.field("newest_time_ms", report.newestTime)
                $0.field("audit_line", report.auditLine)
                $0.field("slot", report.slot.id)
            }
            try output.write(document: &json)
        }
    }
}
