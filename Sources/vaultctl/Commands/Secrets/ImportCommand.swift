import ArgumentParser
import Glibc
import VaultAPI
import VaultBackup
import VaultClient

/// `vaultctl import`: secrets from a file of another program.
struct ImportCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Store the secrets of a dotenv or JSON file below a prefix.",
        discussion: """
            Each name in the file, with the prefix before it, becomes a key. dotenv are NAME=VALUE \
            lines; json is one object of strings, in which bytes that are no text are \
            {"base64": "..."}. Without --format the name of the file says which: .env or .json. \
            Where programs that read dotenv files do not agree on what a value is, as on $ \
            outside of single quotes, the file is refused.

            A key that has another value already is replaced with --overwrite alone, and keeps its \
            lease; one that has the same value is left as it is. Names, sizes, rights and other \
            values are looked at before anything is stored. Up to 128 keys and a mebibyte are one \
            transaction, all or nothing. More take several, in the order of the file: when one \
            fails, because somebody changes a key meanwhile or the vault is sealed, it is said \
            which keys are stored, and the same import stores the rest. --dry-run shows what \
            would happen, and never a value; it ends as the import would.

            Needs the right to get each key and to write it.

            EXAMPLES
              vaultctl import .env --prefix app/web/ --dry-run
              vaultctl import .env --prefix app/web/
              sops -d secrets.json | vaultctl import - --prefix app/ --format json --overwrite
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The file; - is standard input.", completion: .file())
    var file: String

    @Option(
        name: .long, help: "What the keys begin with, before the names; '' for nothing.",
        completion: .custom(KeyCompletion.names))
    var prefix: String

    @Option(name: .long, help: "What the file is: dotenv or json (default: as its name says).")
    var format: TransferFormat?

    @Flag(name: .long, help: "Replace other values that there are.")
    var overwrite = false

    @Flag(name: .long, help: "Say what would be stored, and store nothing.")
    var dryRun = false

    func validate() throws {
        _ = try TransferFormat.chosen(format, path: file)
        guard file != "-" || !Terminal.isInteractive else {
            throw CommandFailure(
                .usage, "standard input is a terminal, which would show what is typed",
                nextStep: "name a file, or use 'vaultctl put'")
        }
    }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        let plan = try await plan(try secrets(), on: vault)
        if dryRun, options.output == .table { try output.write(plan.table()) }
        if let refusal = plan.refusal(mayReplace: overwrite) {
            // The table is what a dry run is for, also when it fails.
            try output.flush()
            throw refusal
        }
        try await checkRights(plan, on: vault)
        var tally = LiveRestoreTally()
        if !dryRun { tally = try await write(plan, to: vault) }
        try report(sentence(plan, tally), to: &output) {
            $0.field("prefix", prefix)
            $0.field("dry_run", dryRun)
            for kind in [ImportPlan.Kind.new, .replaced, .unchanged] {
                $0.field(kind.rawValue, plan.count(kind))
            }
            $0.field("first_revision", tally.firstRevision)
            $0.field("last_revision", tally.lastRevision)
        }
        return .done
    }

    private func secrets() throws -> [TransferredSecret] {
        let descriptor = try InputReader.open(file)
        defer { InputReader.close(descriptor) }
        let name = file == "-" ? "standard input" : TerminalText.escaped(file.utf8)
        var status = stat()
        if file != "-", fstat(descriptor, &status) == 0,
            status.st_mode & S_IFMT == S_IFREG,
            status.st_mode & 0o077 != 0
        {
            StandardError.note(
                "\(name) can be read by others: remove it, or type: chmod 600 "
                    + ShellWord.quoted(name))
        }
        let bytes = try InputReader.readAll(
            descriptor, limit: TransferredSecret.fileBytesMax, name: name
        ).withBytes { Array($0) }
        let secrets = try TransferFormat.chosen(format, path: file).read(bytes, name: name)
        guard !secrets.isEmpty else {
            throw CommandFailure(
                .failed, "\(name) has no secret", nextStep: "nothing was stored")
        }
        return secrets
    }

    private func plan(
        _ secrets: [TransferredSecret], on vault: VaultConnection
    ) async throws -> ImportPlan {
        var plan = ImportPlan()
        var reader = SecretReader(vault, user: options.user)
        for secret in secrets {
            let key = Array(prefix.utf8) + secret.name
            guard !key.isEmpty else {
                throw CommandFailure(
                    .failed, "a name in the file is empty", nextStep: "import with a --prefix")
            }
            // Said before anything is written.
            guard 2 * key.count + secret.value.count + 256 <= PutCommand.valueBytesMax else {
                throw CommandFailure(
                    .failed, "the value of \(TerminalText.escaped(key)) is too large for the vault",
                    nextStep: "leave it out; nothing was stored")
            }
            plan.add(key: key, value: secret.value, over: try await reader.read(key))
        }
        return plan
    }

    /// Asked for all of it, or else for each key: nobody wants to hear it after the first half.
    private func checkRights(_ plan: ImportPlan, on vault: VaultConnection) async throws {
        let all = AccessNeed(action: .write, range: KeyRange(prefix: prefix.utf8))
        guard try await !vault.explain(AccessQuestion.request([], all)).allowed else { return }
        for entry in plan.entries where entry.kind != .unchanged {
            let need = AccessNeed(action: .write, range: KeyRange(key: entry.key))
            guard try await vault.explain(AccessQuestion.request([], need)).allowed else {
                let key = TerminalText.escaped(entry.key)
                throw AccessNeed.explaining(
                    CommandFailure(
                        .denied, "cannot write \(key), nothing was stored: permission denied"),
                    needs: [all], user: options.user)
            }
        }
    }

    private func write(
        _ plan: ImportPlan, to vault: VaultConnection
    ) async throws -> LiveRestoreTally {
        let changes = plan.entries.compactMap(\.change)
        var writer = GuardedWriter(vault, leavesConflictsAlone: false)
        do {
            for change in changes { try await writer.write(change) }
            try await writer.flush()
            return writer.tally
        } catch {
            let need = AccessNeed(action: .write, range: KeyRange(prefix: prefix.utf8))
            let explained = AccessNeed.explaining(error, needs: [need], user: options.user)
            guard writer.tally.written > 0, let failure = CommandFailure(anyOf: explained) else {
                throw explained
            }
            let written = Int(writer.tally.written)
            let last = TerminalText.escaped(changes[written - 1].difference.key)
            let step = failure.nextStep.isEmpty ? "" : failure.nextStep + "; "
            throw CommandFailure(
                failure.status,
                "the first \(Quantity.count(Int64(written), "key")) of \(changes.count), up to "
                    + "\(last), were stored, then: \(failure.message)",
                nextStep: step + "the same import stores the rest")
        }
    }

    private func sentence(_ plan: ImportPlan, _ tally: LiveRestoreTally) -> String {
        let counts = [ImportPlan.Kind.new, .replaced, .unchanged].map {
            "\(plan.count($0)) \($0.rawValue)"
        }.joined(separator: ", ")
        if dryRun { return "would import \(counts)" }
        guard tally.written > 0 else { return "imported \(counts)" }
        return tally.firstRevision == tally.lastRevision
            ? "imported \(counts) at revision \(tally.lastRevision)"
            : "imported \(counts) at revisions \(tally.firstRevision) to \(tally.lastRevision)"
    }
}
