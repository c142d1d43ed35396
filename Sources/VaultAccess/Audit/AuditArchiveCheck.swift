/// Holds the lines of the audit log in archives against their chain, and keeps none of them.
/// Needs no key. Used by one thread at a time.
public final class AuditArchiveCheck {
    private var succession = AuditSuccession()
    /// Lines that were taken.
    public private(set) var lineCount = 0

    public init() {}

    /// The next archive begins; it has the lines behind those of the one before if it continues
    /// them, and otherwise all that the log had.
    public func begin(continues: Bool) {
        if !continues { succession.restart() }
    }

    /// Takes whole lines; `first` is the number of the first. Throws `.broken`, which names the
    /// first line that does not follow.
    public func take(first: UInt64, _ lines: UnsafeRawBufferPointer) throws(AuditError) {
        _ = try succession.expect(first)
        try AuditSuccession.forEach(in: lines) { (bytes) throws(AuditError) in
            try succession.take(AuditLine(bytes, readsMAC: false))
            lineCount += 1
        }
    }

    /// The archive ends, and says that the log's last line was `sequence`, whose hash has 32 bytes.
    public func end(sequence: UInt64, hash: [UInt8]) throws(AuditError) {
        try succession.checkEnd(sequence: sequence, hash: hash)
    }
}
