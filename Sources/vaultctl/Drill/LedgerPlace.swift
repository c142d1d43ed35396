import VaultBackup

/// The files of a ledger in its directory.
enum LedgerPlace {
    static let name = "drills.jsonl"
    static let keyName = "ledger.key"

    /// Opens the ledger in `directory`, and makes it where there is none.
    static func open(_ directory: String) throws(BackupError) -> DrillLedger {
        let files = try DirectoryFiles.open(directory)
        return try DrillLedger.open(
            name, key: try LedgerKey.open(keyName, in: files), now: DrillRunner.wallClock(),
            in: files)
    }

    /// The page of what the ledger says now.
    static func page(
        _ ledger: borrowing DrillLedger, overdue: [String] = []
    ) -> String {
        DrillPage(
            ledger.state, head: ledger.position, publicKey: ledger.publicKey,
            now: DrillRunner.wallClock(), overdue: overdue
        ).text
    }

    /// Writes a text file whole, in the place of what is there.
    static func write(_ text: String, to path: String) throws(CommandFailure) {
        let place = ArchiveName(path: path)
        do throws(BackupError) {
            try AtomicFile.write(
                Array(text.utf8), to: place.name, replacing: true,
                in: try DirectoryFiles.open(place.directory))
        } catch { throw CommandFailure(error) }
    }

    /// Writes metrics for a textfile collector.
    static func write(_ metrics: DrillMetrics, to path: String) throws(CommandFailure) {
        let place = ArchiveName(path: path)
        do throws(BackupError) {
            try metrics.write(to: place.name, in: try DirectoryFiles.open(place.directory))
        } catch { throw CommandFailure(error) }
    }
}
