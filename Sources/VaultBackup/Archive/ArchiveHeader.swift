import VaultSeal

/// The beginning of an archive: what it is, and the keyring file that opens it.
public struct ArchiveHeader: Equatable, Sendable {
    public var identity: ArchiveIdentity
    /// The vault's `keyring` file of that time, sealed as it is.
    public var keyring: [UInt8]

    /// The bytes of the header, its checksum at the end.
    public func encode() -> [UInt8] {
        var output = ArchiveBytes()
        output.put(ArchiveFormat.headerMagic)
        output.put(identity.version)
        output.put(
            UInt32(
                ArchiveFormat.prefixCount + ArchiveIdentity.byteCount + 8 + keyring.count
                    + ArchiveFormat.checksumCount))
        identity.encode(into: &output)
        output.put(UInt32(keyring.count))
        output.put(UInt32(0))
        output.put(keyring)
        output.put(ArchiveHash.digest(of: output.bytes))
        return output.bytes
    }

    /// The size that the first `prefixCount` bytes give the header.
    static func byteCount(prefix: [UInt8]) throws(BackupError) -> Int {
        guard prefix.starts(with: ArchiveFormat.headerMagic) else {
            throw .integrity("it is no archive, or its first bytes are damaged")
        }
        var input = ArchiveBytes(reading: prefix)
        _ = input.take(ArchiveFormat.headerMagic.count)
        let version: UInt32 = input.number()
        let count = Int(input.number(UInt32.self))
        guard (ArchiveFormat.version...ArchiveFormat.versionWithAudit).contains(version) else {
            throw unsupported(version)
        }
        guard count <= ArchiveFormat.headerBytesMax,
            count >= ArchiveFormat.prefixCount
                + ArchiveIdentity.byteCount + 8 + ArchiveFormat.checksumCount
        else { throw .integrity("its header has no possible size") }
        return count
    }

    static func unsupported(_ version: UInt32) -> BackupError {
        .unsupportedFormat(
            "it has format \(version), this version reads formats \(ArchiveFormat.version) and "
                + "\(ArchiveFormat.versionWithAudit); use the vaultctl that made it or a newer one")
    }

    /// Reads a whole header. Its checksum tells decay; that it is authentic shows when the first
    /// frame opens.
    init(_ bytes: [UInt8]) throws(BackupError) {
        let count = try Self.byteCount(prefix: Array(bytes.prefix(ArchiveFormat.prefixCount)))
        guard bytes.count == count else { throw .integrity("its header ends early") }
        let end = count - ArchiveFormat.checksumCount
        guard ArchiveHash.digest(of: Array(bytes[..<end])) == Array(bytes[end...]) else {
            throw .integrity("its header is damaged")
        }
        var input = ArchiveBytes(reading: bytes)
        _ = input.take(ArchiveFormat.headerMagic.count)
        let version: UInt32 = input.number()
        _ = input.number(UInt32.self)
        guard let identity = ArchiveIdentity(&input), identity.version == version else {
            throw .integrity("its header is malformed")
        }
        let keyringCount = Int(input.number(UInt32.self))
        guard input.number(UInt32.self) == 0,
            keyringCount == end - ArchiveFormat.prefixCount - ArchiveIdentity.byteCount - 8
        else { throw .integrity("its header is malformed") }
        self.identity = identity
        keyring = input.take(keyringCount)
    }

    /// - Parameter keyring: at most 1 MiB.
    public init(identity: ArchiveIdentity, keyring: [UInt8]) {
        self.identity = identity
        self.keyring = keyring
    }

    /// The checksum at the end of an encoded header; the archive's key comes from it.
    static func checksum(of bytes: [UInt8]) -> [UInt8] {
        Array(bytes.suffix(ArchiveFormat.checksumCount))
    }
}
