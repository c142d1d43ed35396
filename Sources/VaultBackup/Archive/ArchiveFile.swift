import VaultSeal

#if canImport(Glibc)
    import Glibc
#endif

/// An archive on a disk: a plain file that is read, never written.
///
/// SAFETY (class): immutable but for the descriptor, which `deinit` closes; `pread` has no state.
public final class ArchiveFile: Sendable {
    public let path: String
    public let footer: ArchiveFooter
    /// Bytes of the file.
    public let byteCount: Int64
    private let descriptor: Int32

    /// Opens the file and reads its footer, whose checksum tells decay; `verify` says more.
    public init(path: String) throws(BackupError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let text = "\(path) cannot be opened: \(Self.text(errno)); check the path"
            throw errno == ENOENT ? .incompleteChain(text) : .inconclusive(text)
        }
        do throws(BackupError) {
            byteCount = try Self.size(of: descriptor, path)
            footer = try Self.readFooter(descriptor, byteCount, path)
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Its name in its directory.
    public var name: String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    static func text(_ number: Int32) -> String { String(cString: strerror(number)) }

    private static func size(of descriptor: Int32, _ path: String) throws(BackupError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .inconclusive("\(path) cannot be read: \(text(errno))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .integrity("\(path) is not a plain file; name an archive")
        }
        return Int64(status.st_size)
    }

    private static func readFooter(
        _ descriptor: Int32, _ count: Int64, _ path: String
    ) throws(BackupError) -> ArchiveFooter {
        let prefix = try read(
            descriptor, at: 0, count: Int(min(count, Int64(ArchiveFormat.prefixCount))), path)
        do throws(BackupError) {
            guard prefix.count == ArchiveFormat.prefixCount else {
                throw .integrity("it is no archive, or ends early")
            }
            _ = try ArchiveHeader.byteCount(prefix: prefix)
            let start = count - Int64(ArchiveFooter.byteCount)
            guard start > 0 else { throw .integrity("it ends early: the footer is missing") }
            let bytes = try read(descriptor, at: start, count: ArchiveFooter.byteCount, path)
            let footer = try ArchiveFooter(bytes)
            guard footer.contentBytes == UInt64(start) else {
                throw .integrity("it has another size than it says")
            }
            return footer
        } catch { throw error.of(path) }
    }

    /// Exactly so many bytes.
    func read(at offset: Int64, count: Int) throws(BackupError) -> [UInt8] {
        try Self.read(descriptor, at: offset, count: count, path)
    }

    private static func read(
        _ descriptor: Int32, at offset: Int64, count: Int, _ path: String
    ) throws(BackupError) -> [UInt8] {
        var failure: BackupError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            while done < count {
                let result = pread(
                    descriptor, buffer.baseAddress.map { $0 + done }, count - done,
                    off_t(offset) + off_t(done))
                if result < 0, errno == EINTR { continue }
                guard result > 0 else {
                    failure =
                        result == 0
                        ? .integrity("\(path) ends early")
                        : .inconclusive("\(path) cannot be read: \(text(errno))")
                    return
                }
                done += result
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// The header, held against the footer.
    func readHeader() throws(BackupError) -> (header: ArchiveHeader, byteCount: Int) {
        do throws(BackupError) {
            let prefix = try read(at: 0, count: ArchiveFormat.prefixCount)
            let count = try ArchiveHeader.byteCount(prefix: prefix)
            guard UInt64(count) < footer.contentBytes else {
                throw .integrity("its header has no possible size")
            }
            let bytes = try read(at: 0, count: count)
            let header = try ArchiveHeader(bytes)
            guard header.identity == footer.identity,
                ArchiveHeader.checksum(of: bytes) == footer.headerChecksum
            else { throw .integrity("its header and its footer are of different archives") }
            return (header, count)
        } catch { throw error.of(path) }
    }

    /// Reads every byte and holds it against the footer's digest, and the footer against its
    /// signature. Needs no key. `progress` is told how many bytes were read.
    public func verifyBytes(
        progress: ((_ bytes: Int) -> Void)? = nil
    ) throws(BackupError) {
        _ = try readHeader()
        var hash = ArchiveHash()
        var offset: Int64 = 0
        let end = Int64(footer.contentBytes)
        while offset < end {
            let bytes = try read(at: offset, count: Int(min(1 << 20, end - offset)))
            bytes.withUnsafeBytes { hash.update($0) }
            offset += Int64(bytes.count)
            progress?(bytes.count)
        }
        guard hash.finish() == footer.digest else {
            throw .integrity("\(path) is damaged: its bytes are not what was written")
        }
        guard footer.isSigned else {
            throw .integrity("\(path) is not what its vault signed; do not use it")
        }
    }
}

extension BackupError {
    /// The same, saying of which file.
    func of(_ path: String) -> BackupError {
        guard !message.hasPrefix(path) else { return self }
        let text = "\(path): \(message)"
        return switch self {
        case .wrongKey: .wrongKey(text)
        case .integrity: .integrity(text)
        case .incompleteChain: .incompleteChain(text)
        case .stale: .stale(text)
        case .rtoMissed: .rtoMissed(text)
        case .mismatch: .mismatch(text)
        case .continuity: .continuity(text)
        case .blind: .blind(text)
        case .noSpace: .noSpace(text)
        case .targetInUse: .targetInUse(text)
        case .clock: .clock(text)
        case .inconclusive: .inconclusive(text)
        case .unsupportedFormat: .unsupportedFormat(text)
        case .overdue: .overdue(text)
        }
    }
}

extension ArchiveFile {
    /// Whether a plain file begins as an archive does; false for what cannot be read.
    public static func begins(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: ArchiveFormat.headerMagic.count)
        let count = bytes.withUnsafeMutableBytes {
            Glibc.read(descriptor, $0.baseAddress, $0.count)
        }
        return count == bytes.count && bytes == ArchiveFormat.headerMagic
    }

    /// The archive's digest, 64 hexadecimal digits.
    public var digestText: String { ArchiveHash.text(footer.digest) }

    /// The digest of the archive that it continues; nil for a full one.
    public var parentText: String? {
        footer.identity.isFull ? nil : ArchiveHash.text(footer.identity.parent)
    }
}

extension ArchiveFile {
    /// Where the signature stands in the file.
    var signatureRange: Range<Int> {
        let end = Int(byteCount) - ArchiveFormat.checksumCount
        return (end - 64)..<end
    }
}

extension ArchiveFooter {
    /// The archive's id, 32 hexadecimal digits.
    public var archiveIDText: String { ArchiveHash.text(identity.archiveID) }
}
