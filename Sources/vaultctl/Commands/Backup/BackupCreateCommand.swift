import ArgumentParser
import Glibc
import VaultAPI
import VaultBackup
import VaultClient
import VaultSeal

/// `vaultctl backup create`: an archive of the vault as it is now.
struct BackupCreateCommand: VaultCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an archive of everything, or of what came after another archive.",
        discussion: """
            The file gets its name when all of it is on the disk; an existing file is never \
            replaced. '-' writes to standard output. With --directory vaultctl chooses the name, \
            and whether a full archive is due: every --full-every archives, or when the others \
            in the directory cannot be continued. Administrators may make archives, and whoever \
            has the role 'backup', who cannot read anything else.

            EXAMPLES
              vaultctl backup create /backup/vault.vab
              vaultctl backup create /backup/monday.vab --since /backup/vault.vab
              vaultctl backup create --directory /backup --full-every 24
              vaultctl backup create --directory /backup --rate 20M
              vaultctl backup create - | ssh elsewhere 'cat > vault.vab'
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The archive's file; - for standard output.", completion: .file())
    var file: String?

    @Option(
        name: .long, help: ArgumentHelp("Only what came after this archive.", valueName: "file"),
        completion: .file())
    var since: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Name the archive and put it here.", valueName: "directory"),
        completion: .directory)
    var directory: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --directory: how many archives have one full one among them.",
            valueName: "count"))
    var fullEvery: Int = 24

    @Option(
        name: .long,
        help: ArgumentHelp("Write metrics here, for a textfile collector.", valueName: "file"),
        completion: .file())
    var metrics: String?

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Plant a signed key vaultd/canary/NUMBER, which drills look for. "
                + "Always with --directory.")
    )
    var canary = false

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Put the audit log into it, too: all of it, or what came since the archive that it "
                + "continues. It may be larger than the vault."))
    var audit = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Take at most so many bytes a second (64K to 1000G), so that others have the disk.",
            valueName: "bytes"))
    var rate: ByteRate?

    func validate() throws {
        guard (file == nil) != (directory == nil) else {
            throw CommandFailure(
                .usage, "name either a file or --directory",
                nextStep: "for example: vaultctl backup create vault.vab")
        }
        guard since == nil || directory == nil, fullEvery >= 1 else {
            throw CommandFailure(
                .usage, "--directory chooses what to continue by itself",
                nextStep: "leave out --since, and give --full-every 1 or more")
        }
    }

    var standsBack: Bool { true }

    func run(
        on vault: VaultConnection, output: inout StandardOutput
    ) async throws -> ExitStatus {
        var parent: ArchiveFile?
        if let since {
            parent = try Self.open(since)
        } else if let directory {
            parent = try await parentInDirectory(directory, vault)
        }
        if file == "-" {
            _ = try await stream(vault, parent, to: &output)
            return .done
        }
        let start = Self.now()
        let made = try Self.open(try await write(vault, parent))
        // Read back from the disk, not from memory.
        try await vault.confirmArchive(footer: made.footer.encode())
        if let metrics {
            var values = DrillMetrics()
            values.backupLastSuccess = made.footer.identity.created
            values.backupLastAttempt = made.footer.identity.created
            values.backupLastStatus = 0
            values.backupLastRevision = made.footer.lastRevision
            try LedgerPlace.write(values, to: metrics)
        }
        try say(made, milliseconds: Self.now() - start, to: &output)
        return .done
    }

    private static func open(_ path: String) throws(CommandFailure) -> ArchiveFile {
        do throws(BackupError) { return try ArchiveFile(path: path) } catch {
            throw CommandFailure(error)
        }
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// What to continue; nil when a full archive is due.
    private func parentInDirectory(
        _ path: String, _ vault: VaultConnection
    ) async throws -> ArchiveFile? {
        let state = try await vault.backupState()
        let here = try ArchiveDirectory(path)
        guard let newest = here.newest(storeID: state.storeID, timeline: state.timeline),
            newest.footer.lastRevision <= state.revision
        else { return nil }
        do throws(BackupError) {
            let chain = try ArchiveChain(endingWith: newest, among: here.archives)
            return chain.files.count < fullEvery ? newest : nil
        } catch { throw CommandFailure(error) }
    }

    // MARK: - Writing

    /// Where the archive goes.
    private func place(isFull: Bool) -> ArchiveName {
        guard let directory else { return ArchiveName(path: file ?? "") }
        return .free(in: directory, isFull: isFull, from: time(nil))
    }

    /// Returns the path of the archive.
    private func write(
        _ vault: VaultConnection, _ parent: ArchiveFile?
    ) async throws -> String {
        var place = place(isFull: parent == nil)
        do {
            let files = try DirectoryFiles.open(place.directory)
            try Leftovers.remove(in: files)
            let box = ArchiveBox(
                try AtomicFile.begin(place.name, isLarge: true, isShared: true, in: files))
            let line = PercentLine(what: "archiving")
            defer { line.clear() }
            try await receive(vault, parent, line) { try box.append($0) }
            // Somebody else may have made one meanwhile.
            try box.publish {
                guard directory != nil else { return nil }
                place = self.place(isFull: parent == nil)
                return place.name
            }
            return place.path
        } catch let error as BackupError {
            throw CommandFailure(error)
        }
    }

    private func stream(
        _ vault: VaultConnection, _ parent: ArchiveFile?, to output: inout StandardOutput
    ) async throws -> Int {
        guard isatty(1) == 0 else {
            throw CommandFailure(
                .usage, "standard output is a terminal",
                nextStep: "send the archive to a file or another program")
        }
        var count = 0
        let line = PercentLine(what: "archiving")
        defer { line.clear() }
        try output.flush()
        try await receive(vault, parent, line) { bytes in
            count += bytes.count
            var rest = bytes
            while !rest.isEmpty {
                let written = Glibc.write(1, rest.baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else {
                    throw CommandFailure(
                        .failed, "cannot write the archive: \(SystemFailure.text(errno))")
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
        return count
    }

    private func receive(
        _ vault: VaultConnection, _ parent: ArchiveFile?, _ line: PercentLine,
        _ take: (UnsafeRawBufferPointer) throws -> Void
    ) async throws {
        // About what a record weighs until the first are there: the share only has to grow.
        var (done, total) = (Int64(0), Int64(0))
        var pace = rate.map { Pace($0) }
        try await vault.createArchive(
            since: parent?.footer.encode() ?? [], canary: canary || directory != nil,
            audit: audit
        ) { bytes, records in
            if records > 0 { total = Int64(clamping: records) * 400 }
            try take(bytes)
            done += Int64(bytes.count)
            if parent == nil { line.show(min(done, total - 1), of: total) }
            pace?.wait(after: bytes.count)
        }
    }

    // MARK: - Saying

    private func say(
        _ made: ArchiveFile, milliseconds: Int64, to output: inout StandardOutput
    ) throws {
        let footer = made.footer
        switch options.output {
        case .table:
            let kind = footer.identity.isFull ? "full" : "continues another"
            try output.write(
                "\(TerminalText.escaped(made.path.utf8)): \(kind), up to revision "
                    + "\(footer.lastRevision), "
                    + Quantity.count(Int64(clamping: footer.recordCount), "record") + ", "
                    + Quantity.bytes(made.byteCount) + "\n")
        case .json:
            var json = JSONWriter()
            json.object {
                ArchiveListing.fields(made, to: &$0)
                $0.field("milliseconds", milliseconds)
            }
            try output.write(document: &json)
        }
    }
}
