import VaultSeal
import VaultStore

/// The end of an archive: all that can be said of it without a key, signed by the vault.
public struct ArchiveFooter: Equatable, Sendable {
    /// Bytes of every footer.
    public static let byteCount =
        ArchiveFormat.prefixCount + ArchiveIdentity.byteCount + 2 * ArchiveHash.count + 7 * 8
        + ArchiveKeys.publicCount + ArchiveKeys.signatureCount + ArchiveFormat.checksumCount

    public var identity: ArchiveIdentity
    /// The header's checksum, which the archive's key comes from.
    public var headerChecksum: [UInt8]
    /// BLAKE2b-256 of every byte before the footer.
    public var digest: [UInt8]
    /// Bytes before the footer.
    public var contentBytes: UInt64
    /// The newest revision in it.
    public var lastRevision: Int64
    /// The oldest revision that can be read; -1 when nothing was compacted.
    public var compactRevision: Int64
    /// Records in this archive.
    public var recordCount: UInt64
    /// Records that had been removed from the vault, ever.
    public var removals: UInt64
    /// When its newest record was written, milliseconds since 1970; 0 when it has none.
    public var newestTime: Int64
    /// The number of the audit log's last line; 0 without one.
    public var auditSequence: UInt64
    /// What verifies the signature.
    public var publicHalf = [UInt8](repeating: 0, count: ArchiveKeys.publicCount)
    public var signature = [UInt8](repeating: 0, count: ArchiveKeys.signatureCount)

    /// A footer without its digest, size and signature.
    init(
        identity: ArchiveIdentity, headerChecksum: [UInt8], summary: ArchiveSummary,
        recordCount: UInt64
    ) {
        self.identity = identity
        self.headerChecksum = headerChecksum
        digest = [UInt8](repeating: 0, count: ArchiveHash.count)
        contentBytes = 0
        lastRevision = summary.currentRevision
        compactRevision = summary.compactRevision
        self.recordCount = recordCount
        removals = summary.removals
        newestTime = summary.newestTime
        auditSequence = summary.auditSequence
    }

    /// What the signature is over.
    public var signedBytes: [UInt8] {
        var output = ArchiveBytes()
        output.put(ArchiveFormat.footerMagic)
        output.put(identity.version)
        output.put(UInt32(Self.byteCount))
        identity.encode(into: &output)
        output.put(headerChecksum)
        output.put(digest)
        output.put(contentBytes)
        output.put(lastRevision)
        output.put(compactRevision)
        output.put(recordCount)
        output.put(removals)
        output.put(newestTime)
        output.put(auditSequence)
        output.put(publicHalf)
        return output.bytes
    }

    /// The footer's bytes.
    public func encode() -> [UInt8] {
        let body = signedBytes + signature
        return body + ArchiveHash.digest(of: body)
    }

    /// Whether it is what the owner of its public half signed. Whose that is must be known from
    /// elsewhere: from a keyring, or from an archive that was seen before.
    public var isSigned: Bool {
        ArchiveSignature.verify(signature, of: signedBytes, by: publicHalf)
    }

    /// Reads the last `byteCount` bytes of an archive.
    public init(_ bytes: [UInt8]) throws(BackupError) {
        guard bytes.count == Self.byteCount, bytes.starts(with: ArchiveFormat.footerMagic) else {
            throw .integrity("it ends early: the footer is missing")
        }
        let end = bytes.count - ArchiveFormat.checksumCount
        var input = ArchiveBytes(reading: bytes)
        _ = input.take(ArchiveFormat.footerMagic.count)
        let version: UInt32 = input.number()
        guard (ArchiveFormat.version...ArchiveFormat.versionWithAudit).contains(version) else {
            throw ArchiveHeader.unsupported(version)
        }
        guard ArchiveHash.digest(of: Array(bytes[..<end])) == Array(bytes[end...]),
            input.number(UInt32.self) == UInt32(Self.byteCount),
            let identity = ArchiveIdentity(&input), identity.version == version
        else { throw .integrity("its footer is damaged") }
        self.identity = identity
        headerChecksum = input.take(ArchiveHash.count)
        digest = input.take(ArchiveHash.count)
        contentBytes = input.number()
        lastRevision = input.number()
        compactRevision = input.number()
        recordCount = input.number()
        removals = input.number()
        newestTime = input.number()
        auditSequence = input.number()
        publicHalf = input.take(ArchiveKeys.publicCount)
        signature = input.take(ArchiveKeys.signatureCount)
        guard lastRevision >= max(identity.afterRevision, 1), compactRevision >= -1,
            compactRevision <= lastRevision, contentBytes <= UInt64(Int64.max)
        else { throw .integrity("its footer is malformed") }
    }

    init(
        identity: ArchiveIdentity, headerChecksum: [UInt8], digest: [UInt8],
        contentBytes: UInt64, lastRevision: Int64, compactRevision: Int64, recordCount: UInt64,
        removals: UInt64, newestTime: Int64, auditSequence: UInt64
    ) {
        self.identity = identity
        self.headerChecksum = headerChecksum
        self.digest = digest
        self.contentBytes = contentBytes
        self.lastRevision = lastRevision
        self.compactRevision = compactRevision
        self.recordCount = recordCount
        self.removals = removals
        self.newestTime = newestTime
        self.auditSequence = auditSequence
    }
}
