import ArgumentParser
import VaultBackup

/// `vaultctl backup list`: the archives in a directory.
struct BackupListCommand: CommandLineCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the archives in a directory.",
        discussion: """
            Reads the end of each file; needs no key and no vault. Archives whose continued ones \
            are missing cannot be restored and are marked so. Exits with 13 when a file is \
            damaged, with 14 when one is missing.

            EXAMPLES
              vaultctl backup list /backup
              vaultctl backup list /backup -o json
            """)

    @OptionGroup var options: GlobalOptions

    @Argument(help: "The directory.", completion: .directory)
    var directory: String

    func perform() async throws -> ExitStatus {
        let found = try ArchiveDirectory(directory)
        var output = StandardOutput()
        let isWhole = { (file: ArchiveFile) in found.isWhole(file) }
        switch options.output {
        case .table:
            if !found.archives.isEmpty {
                try output.write(
                    ArchiveListing.table(found.archives) {
                        isWhole($0) ? "whole" : "link missing"
                    })
            }
            for problem in found.problems {
                try output.write("\(TerminalText.escaped(problem.error.message.utf8))\n")
            }
        case .json:
            var json = JSONWriter()
            json.object { json in
                json.field("archives") { json in
                    for file in found.archives {
                        json.object {
                            ArchiveListing.fields(file, to: &$0)
                            $0.field("whole", isWhole(file))
                        }
                    }
                }
                json.field("problems") { json in
                    for problem in found.problems {
                        json.object {
                            $0.field("file", problem.name)
                            $0.field("exit", problem.error.exitCode)
                            $0.field("what", problem.error.message)
                        }
                    }
                }
            }
            try output.write(document: &json)
        }
        try output.flush()
        if let problem = found.problems.first {
            throw CommandFailure(problem.error)
        }
        guard found.archives.allSatisfy(isWhole) else {
            throw CommandFailure(
                .incompleteChain, "an archive that others continue is missing in \(directory)",
                nextStep: "bring it back, or make a full archive")
        }
        return .done
    }
}
