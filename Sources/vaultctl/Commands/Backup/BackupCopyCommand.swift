import ArgumentParser
import VaultBackup

/// `vaultctl backup copy`: archives in a second place.
struct BackupCopyCommand: CommandLineCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy archives to another directory, verified when they are there.",
        discussion: """
            Each file gets its name in the other directory when all of it is on the disk and has \
            been read back. Archives that are there already are verified and left alone.

            EXAMPLES
              vaultctl backup copy /backup/*.vab /mnt/elsewhere
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The archives, and the directory to copy them to.", completion: .file())
    var paths: [String]

    func validate() throws {
        guard paths.count >= 2 else {
            throw CommandFailure(
                .usage, "name archives and a directory",
                nextStep: "for example: vaultctl backup copy /backup/*.vab /mnt/elsewhere")
        }
        try ArchiveArguments.check(paths.dropLast())
    }

    func perform() async throws -> ExitStatus {
        let directory = paths[paths.count - 1]
        var output = StandardOutput()
        var (copied, present) = (0, 0)
        do throws(BackupError) {
            let sources = try paths.dropLast().map { (path) throws(BackupError) in
                try ArchiveFile(path: path)
            }
            let line = PercentLine(what: "copying")
            defer { line.clear() }
            let total = sources.reduce(0) { $0 + $1.byteCount } * 2
            var done: Int64 = 0
            for source in sources {
                let isNew = try ArchiveCopy.copy(source, to: directory) {
                    done += Int64($0)
                    line.show(done, of: total)
                }
                if isNew { copied += 1 } else { present += 1 }
            }
        } catch { throw CommandFailure(error) }
        switch options.output {
        case .table:
            try output.write("copied \(copied), \(present) were there; all of them verify\n")
        case .json:
            var json = JSONWriter()
            json.object {
                $0.field("copied", copied)
                $0.field("present", present)
            }
            try output.write(document: &json)
        }
        try output.flush()
        return .done
    }
}
