/// What verifies a ledger, in a file beside it, for those who may read the ledger and have no
/// business with its key: 64 hex digits and a newline.
public enum LedgerPublicKey {
    /// The key in a file; nil when there is none. Throws `.integrity` for a file that is no key.
    public static func read(
        _ name: String, in files: any BackupFiles
    ) throws(BackupError) -> [UInt8]? {
        var bytes: [UInt8]?
        do throws(FileFault) {
            bytes = try files.contents(of: name, limit: BackupLimits.ledgerLineBytesMax)
        } catch { throw error.error(in: files.path) }
        guard let bytes else { return nil }
        let text = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        guard let publicKey = LedgerKey.publicHalf(text) else {
            throw .integrity(
                "\(name) is no public key of a ledger; remove it, and the next drill writes it")
        }
        return publicKey
    }

    /// Has the file say the public half of `key`.
    public static func write(
        _ key: borrowing LedgerKey, to name: String, in files: any BackupFiles
    ) throws(BackupError) {
        let text = Array((key.publicText + "\n").utf8)
        do throws(FileFault) {
            let written = try files.contents(of: name, limit: BackupLimits.ledgerLineBytesMax)
            if written == text { return }
        } catch { throw error.error(in: files.path) }
        try AtomicFile.write(text, to: name, isShared: true, replacing: true, in: files)
    }
}
