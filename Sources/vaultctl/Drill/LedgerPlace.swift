import Glibc
import VaultBackup

/// The files of a ledger in its directory.
enum LedgerPlace {
    static let name = "drills.jsonl"
    static let keyName = "ledger.key"
    static let publicName = "ledger.pub"

    /// Opens the ledger in `directory`, and makes both where there is none.
    static func open(_ directory: String) throws(BackupError) -> DrillLedger {
        guard mkdir(directory, 0o750) == 0 || errno == EEXIST else {
            throw .inconclusive(
                "cannot make \(directory): \(SystemFailure.text(errno)); name another ledger")
        }
        let files = try DirectoryFiles.open(directory)
        let key = try LedgerKey.open(keyName, in: files)
        // Before the ledger: where that has lines, others can check them.
        try LedgerPublicKey.write(key, to: publicName, in: files)
        return try DrillLedger.open(name, key: key, now: Machine.wallClock(), in: files)
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

    /// What the ledger of another user says; nil before its first line.
    ///
    /// - Parameter seen: how far it had come when it was last read here.
    static func readShared(
        _ directory: String, seen: LedgerHead?
    ) throws(BackupError) -> SharedLedger? {
        try SharedLedger.read(
            name, publicKeyName: publicName, seen: seen, in: try DirectoryFiles.open(directory))
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
