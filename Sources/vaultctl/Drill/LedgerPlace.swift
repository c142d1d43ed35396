import Glibc
import VaultBackup

/// The files of a ledger in its directory.
enum LedgerPlace {
    static let name = "drills.jsonl"
    static let keyName = "ledger.key"

    /// Opens the ledger in `directory`, and makes both where there is none.
    static func open(_ directory: String) throws(BackupError) -> DrillLedger {
        guard mkdir(directory, 0o750) == 0 || errno == EEXIST else {
            throw .inconclusive(
                "cannot make \(directory): \(SystemFailure.text(errno)); name another ledger")
        }
        let files = try DirectoryFiles.open(directory)
        return try DrillLedger.open(
            name, key: try LedgerKey.open(keyName, in: files), now: Machine.wallClock(),
            in: files)
    }

    /// What a ledger says, and what verifies it.
    struct Contents {
        var state: LedgerState
        var head: LedgerHead
        var publicKey: [UInt8]

        /// The page of it.
        func page(overdue: [String] = []) -> String {
            DrillPage(
                state, head: head, publicKey: publicKey, now: Machine.wallClock(),
                overdue: overdue
            ).text
        }
    }

    /// Checks the ledger in `directory` and writes nothing; nil when there is none.
    static func read(_ directory: String) throws(BackupError) -> Contents? {
        var status = stat()
        if lstat(directory, &status) != 0, errno == ENOENT { return nil }
        let files = try DirectoryFiles.open(directory)
        guard let key = try LedgerKey.existing(keyName, in: files) else { return nil }
        let found = try DrillLedger.read(name, publicKey: key.publicHalf, in: files)
        return found.map {
            Contents(state: $0.state, head: $0.head, publicKey: key.publicHalf)
        }
    }

    /// The page of what the ledger says now.
    static func page(_ ledger: borrowing DrillLedger) -> String {
        Contents(
            state: ledger.state, head: ledger.position, publicKey: ledger.publicKey
        ).page()
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
