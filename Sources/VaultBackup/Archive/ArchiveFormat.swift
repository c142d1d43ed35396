/// Numbers of the archive's format (docs/formats.md, "Archives"). Never change one.
enum ArchiveFormat {
    static let version: UInt32 = 1
    /// Of an archive with lines of the audit log, which readers of format 1 do not know.
    static let versionWithAudit: UInt32 = 2
    static let headerMagic: [UInt8] = Array("vdarchv\n".utf8)
    static let footerMagic: [UInt8] = Array("vdarend\n".utf8)
    /// Magic, format, size.
    static let prefixCount = 16
    static let checksumCount = 32
    static let frameHeaderCount = 8

    /// Plaintext bytes after which a frame is closed.
    static let frameBytes = 256 << 10
    /// The largest plaintext of a frame: the largest record, and what was there before it.
    static let frameBytesMax = frameBytes + (16 << 20) + 64
    /// The largest header: the largest keyring, and the rest.
    static let headerBytesMax = (1 << 20) + 512

    /// What an item of a frame is.
    enum Item: UInt8 {
        case record = 1
        case lease = 2
        case access = 3
        case kept = 4
        case audit = 5
    }
}
