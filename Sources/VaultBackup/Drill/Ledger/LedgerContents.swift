import Sodium

/// A ledger that was checked from its first line to its last, with nothing but the public key.
public struct LedgerContents: Equatable, Sendable {
    public private(set) var lines: [LedgerLine] = []
    /// Of the last line: what the next one names, and what an auditor writes down.
    public private(set) var lastHash = LedgerLine.noHash
    /// Bytes of whole lines.
    public private(set) var byteCount = 0
    /// Bytes behind them: of a line that a crash cut short.
    public private(set) var tornByteCount = 0

    private var hashes: [String] = []

    /// - Parameters:
    ///   - publicKey: 32 bytes.
    ///   - head: what is known of it from elsewhere. A ledger that has fewer lines, or another
    ///     one at that place, was cut or rewritten.
    ///
    /// Throws `.integrity`, which names the line.
    public init(
        _ bytes: [UInt8], publicKey: [UInt8], head: LedgerHead? = nil
    ) throws(BackupError) {
        do throws(SodiumError) { try Sodium.initialize() } catch {
            throw .inconclusive("libsodium does not start; see to the machine's randomness")
        }
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0A) {
            let line = rest[..<end]
            do throws(JSONError) {
                guard line.count <= BackupLimits.ledgerLineBytesMax else {
                    throw JSONError(what: "it is too long")
                }
                lines.append(
                    try LedgerLine.read(
                        line, sequence: Int64(lines.count + 1), previous: lastHash,
                        publicKey: publicKey))
            } catch {
                throw .integrity(
                    "line \(lines.count + 1) of the ledger is not what was written: \(error.what); "
                        + "compare it with a copy kept elsewhere")
            }
            lastHash = LedgerLine.hash(of: line)
            hashes.append(lastHash)
            rest = rest[(end + 1)...]
        }
        tornByteCount = rest.count
        byteCount = bytes.count - rest.count
        if let head { try check(head) }
    }

    /// Throws `.integrity` when the ledger does not have what `head` says that it had.
    func check(_ head: LedgerHead) throws(BackupError) {
        guard head.sequence > 0 else { return }
        guard head.sequence <= hashes.count else {
            throw .integrity(
                "the ledger has \(lines.count) lines and had \(head.sequence); "
                    + "put the lines that were cut back from a copy kept elsewhere")
        }
        guard hashes[Int(head.sequence) - 1] == head.hash else {
            throw .integrity(
                "line \(head.sequence) of the ledger is another than it was; "
                    + "compare it with a copy kept elsewhere")
        }
    }

    /// What to keep elsewhere, to hold a later state of the ledger against.
    public var head: LedgerHead {
        var head = LedgerHead()
        head.sequence = Int64(lines.count)
        head.hash = lastHash
        return head
    }
}
