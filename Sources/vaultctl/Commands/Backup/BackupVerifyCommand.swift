import ArgumentParser
import VaultBackup
import VaultSeal

/// `vaultctl backup verify`: whether archives are what was written. Needs no vault.
struct BackupVerifyCommand: CommandLineCommand {
    /// How much is read.
    enum Depth: String, CaseIterable, ExpressibleByArgument {
        case catalogue, bytes, records
    }

    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that archives are what was written.",
        discussion: """
            Of a directory, all archives in it are checked, and what is called like one and is \
            none is damage. Three depths, each with all of the one before: 'catalogue' reads the \
            end of each file and that nothing is missing between them; 'bytes' reads every byte; \
            'records' opens every record with a key and computes anew what they add up to, and \
            that each line of the audit log that is in them follows from the one before. Without \
            --depth it is 'records' when a key is given and 'bytes' when not. Nothing is written. \
            Exits with 12 for a wrong key, 13 for damage, 14 when an archive is missing, 17 when \
            records do not add up, 18 when lines of the audit log do not follow from one another.

            EXAMPLES
              vaultctl backup verify /backup
              vaultctl backup verify /backup/*.vab --recovery-key ~/recovery.key
            """)

    @OptionGroup var options: GlobalOptions
    @OptionGroup var credential: CredentialOptions
    @OptionGroup var opening: OpeningOptions

    @Argument(
        help: ArgumentHelp(
            "The archives, in any order, or directories of them.", valueName: "file-or-directory"),
        completion: .file())
    var paths: [String]

    @Option(name: .long, help: "How much to read: catalogue, bytes or records.")
    var depth: Depth?

    func validate() throws {
        try opening.check(with: credential)
    }

    func perform() async throws -> ExitStatus {
        let hasKey = KeptKey.isGiven(credential, opening)
        let depth = depth ?? (hasKey ? .records : .bytes)
        var output = StandardOutput()
        do {
            let files = try paths.flatMap { try ArchiveArguments.archives($0) }
            let chains = try Self.chains(files)
            var read = Int64(files.count) * Int64(ArchiveFooter.byteCount)
            if depth != .catalogue { read = try Self.verifyBytes(files) }
            var found = Found()
            if depth == .records { found = try verifyRecords(chains) }
            try say(files, chains, depth, read: read, found, to: &output)
        } catch let error as BackupError {
            throw CommandFailure(error)
        }
        try output.flush()
        return .done
    }

    /// What was opened.
    private struct Found {
        var records: UInt64 = 0
        var auditLines = 0
    }

    /// Every archive that no other continues, with what it continues.
    private static func chains(_ files: [ArchiveFile]) throws(BackupError) -> [ArchiveChain] {
        let continued = Set(files.compactMap(\.parentText))
        var chains: [ArchiveChain] = []
        for file in files where !continued.contains(file.digestText) {
            chains.append(try ArchiveChain(endingWith: file, among: files))
        }
        return chains
    }

    private static func verifyBytes(_ files: [ArchiveFile]) throws(BackupError) -> Int64 {
        let total = files.reduce(0) { $0 + $1.byteCount }
        var done: Int64 = 0
        let line = PercentLine(what: "reading")
        defer { line.clear() }
        for file in files {
            try file.verifyBytes {
                done += Int64($0)
                line.show(done, of: total)
            }
        }
        return total
    }

    private func verifyRecords(_ chains: [ArchiveChain]) throws -> Found {
        var found = Found()
        let line = PercentLine(what: "opening records")
        defer { line.clear() }
        let key = try KeptKey.read(credential, opening)
        for chain in chains {
            let total = chain.files.reduce(0) { $0 + $1.byteCount }
            var done: Int64 = 0
            let opened = try OpenedChain(chain, with: try key.credential())
            defer { opened.close() }
            let audit = VerifiedAudit()
            found.records += try opened.verifyRecords(audit: audit) {
                done += Int64($0)
                line.show(done, of: total)
            }.records
            found.auditLines += audit.lineCount
        }
        return found
    }

    private func say(
        _ files: [ArchiveFile], _ chains: [ArchiveChain], _ depth: Depth, read: Int64,
        _ found: Found, to output: inout StandardOutput
    ) throws {
        switch options.output {
        case .table:
            var fields = FieldList()
            fields.add("archives", "\(files.count), all that they continue is there")
            fields.add("read", Quantity.bytes(read) + (depth == .catalogue ? " of ends" : ""))
            switch depth {
            case .catalogue: fields.add("verified", "ends, sizes and links; no content")
            case .bytes: fields.add("verified", "every byte and the signatures; no record opened")
            case .records:
                fields.add("verified", "\(found.records) records, which add up to what was written")
            }
            if chains.contains(where: \.hasAudit), depth == .records {
                fields.add(
                    "audit log",
                    Quantity.count(Int64(found.auditLines), "line")
                        + ", each of which follows from the one before")
            }
            for chain in chains {
                fields.add("covers", "up to revision \(chain.last.footer.lastRevision)")
            }
            try output.write(fields.rendered())
        case .json:
            var json = JSONWriter()
            json.object { json in
                json.field("depth", depth.rawValue)
                json.field("read_bytes", read)
                json.field("records", found.records)
                json.field("audit_lines", found.auditLines)
                json.field("ok", true)
                json.field("archives") { json in
                    for file in files { json.object { ArchiveListing.fields(file, to: &$0) } }
                }
            }
            try output.write(document: &json)
        }
    }
}
