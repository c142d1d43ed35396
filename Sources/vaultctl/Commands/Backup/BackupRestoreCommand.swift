import ArgumentParser
import VaultBackup
import VaultSeal

/// `vaultctl backup restore`: a data directory from archives. Needs no vault.
struct BackupRestoreCommand: CommandLineCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a data directory from archives.",
        discussion: """
            Into an empty directory only, with any one key of the vault. Name the archives in any \
            order: the newest, and what it continues. Everything is verified before the directory \
            becomes a vault; after a failure nothing of it stays. With --revision later changes \
            are left out. The restored vault has all its key slots, begins a new timeline and \
            gives out revisions that the lost one cannot have given out. It serves at once, but \
            nothing of it ends or is removed before 'vaultctl accept'.

            EXAMPLES
              vaultctl backup restore vault.vab --data-dir /var/lib/vaultd
              vaultctl backup restore /backup/*.vab --data-dir /var/lib/vaultd \\
                  --recovery-key /media/usb/recovery.key
              vaultctl backup restore /backup/*.vab --data-dir D --revision 4711 --keyfile K
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var credential: CredentialOptions
    @OptionGroup var opening: OpeningOptions

    @Argument(help: "The archives, in any order.", completion: .file())
    var files: [String]

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The directory to make the vault in; empty or missing.", valueName: "directory"),
        completion: .directory)
    var dataDir: String

    @Option(name: .long, help: "Leave out changes after this revision.")
    var revision: Int64?

    func validate() throws {
        try opening.check(with: credential)
        guard revision ?? 1 >= 1 else {
            throw CommandFailure(
                .usage, "--revision is 1 or more", nextStep: "see 'vaultctl backup list'")
        }
    }

    func perform() async throws -> ExitStatus {
        let line = PercentLine(what: "restoring")
        let report: RestoreReport
        let path =
            dataDir.hasSuffix("/") && dataDir.count > 1 ? String(dataDir.dropLast()) : dataDir
        do {
            let files = try files.map { (path) throws(BackupError) in try ArchiveFile(path: path) }
            var chain = try ArchiveChain(of: files)
            if let revision { chain = try chain.covering(revision) }
            let opened = try OpenedChain(
                chain, with: try KeptKey.read(credential, opening).credential())
            defer { opened.close() }
            let total = chain.files.reduce(0) { $0 + $1.byteCount }
            var done: Int64 = 0
            report = try Restore.run(
                opened, into: path, options: RestoreOptions(revision: revision)
            ) {
                done += Int64($0)
                line.show(done, of: total)
            }
            line.clear()
        } catch let error as BackupError {
            line.clear()
            throw CommandFailure(error)
        }
        var output = StandardOutput()
        try say(report, path, to: &output)
        try output.flush()
        return .done
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
                $0.field("slot", report.slot.id)
            }
            try output.write(document: &json)
        }
    }
}
