/// A ledger as somebody sees it who may read it, and has no business with its key.
public struct SharedLedger: Equatable, Sendable {
    public let state: LedgerState
    /// How far it is: what the reader keeps, to hold the next state against.
    public let head: LedgerHead

    /// Checks the ledger `name` with the public key in a file beside it; nil when it has no lines
    /// and `seen` says of none.
    ///
    /// - Parameter seen: how far it had come when it was last read.
    ///
    /// Throws `.integrity` when it is gone, shorter than it was, or not what was written.
    public static func read(
        _ name: String, publicKeyName: String, seen: LedgerHead?, in files: any BackupFiles
    ) throws(BackupError) -> SharedLedger? {
        let publicKey = try LedgerPublicKey.read(publicKeyName, in: files)
        var isThere = false
        do throws(FileFault) { isThere = try files.exists(name) } catch {
            throw error.error(in: files.path)
        }
        guard let publicKey else {
            guard !isThere else {
                throw .integrity(
                    "\(files.path) has a ledger and no \(publicKeyName) to check it with; "
                        + "run a drill, which writes it")
            }
            try checkNever(seen, files)
            return nil
        }
        guard let found = try DrillLedger.read(name, publicKey: publicKey, seen: seen, in: files),
            found.head.sequence > 0
        else {
            try checkNever(seen, files)
            return nil
        }
        return SharedLedger(state: found.state, head: found.head)
    }

    private static func checkNever(
        _ seen: LedgerHead?, _ files: any BackupFiles
    ) throws(BackupError) {
        guard let seen, seen.sequence > 0 else { return }
        throw .integrity(
            "the ledger in \(files.path) is gone, and had \(seen.sequence) lines; "
                + "put it back from a copy kept elsewhere, or confirm that a new one begins")
    }
}
