import Glibc
import Sodium
import VaultStore

/// What a client gets as a snapshot: a tar file of what a data directory needs to be a vault, all
/// of it sealed, and after it the SHA-256 of the tar file, as etcd ends its snapshots.
///
/// SAFETY: one job at a time uses it, which `SnapshotCall` sees to.
final class SnapshotArchive: @unchecked Sendable {
    private enum Piece {
        case bytes([UInt8])
        case file(descriptor: Int32, byteCount: Int64)
    }

    /// Bytes of the tar file.
    let byteCount: Int64
    private(set) var sentCount: Int64 = 0
    private var pieces: [Piece] = []
    private let recordsDescriptor: Int32
    private var hash: SHA256? = SHA256()

    /// Opens the files; `records` may be removed then. `CURRENT` comes last: without it a directory
    /// that was unpacked in part is no vault.
    init(
        of directory: DataDirectory, records: borrowing StoreCopy
    ) throws(DataDirectoryError) {
        let keyring = try Self.smallFile(directory.path(of: .keyring))
        let current = try Self.smallFile(directory.path(of: .current))
        let modified = Int64(time(nil))
        let (descriptor, count) = try Self.open(records.path)
        recordsDescriptor = descriptor
        var pieces: [Piece] = []
        var total: Int64 = 0
        func add(_ file: DataDirectoryFile, _ content: Piece, _ count: Int64) {
            let header = TarHeader.block(
                name: file.rawValue, byteCount: count, modified: modified)
            let padding = [UInt8](repeating: 0, count: TarHeader.padding(after: count))
            pieces += [.bytes(header), content, .bytes(padding)]
            total += Int64(header.count + padding.count) + count
        }
        add(.keyring, .bytes(keyring), Int64(keyring.count))
        add(.records, .file(descriptor: descriptor, byteCount: count), count)
        add(.current, .bytes(current), Int64(current.count))
        pieces.append(.bytes(TarHeader.end))
        byteCount = total + Int64(TarHeader.end.count)
        self.pieces = pieces.reversed()
    }

    deinit {
        close(recordsDescriptor)
    }

    /// The next bytes of the tar file, `countMax` at most; nil after the last.
    func next(countMax: Int) throws(DataDirectoryError) -> [UInt8]? {
        var block: [UInt8] = []
        block.reserveCapacity(countMax)
        while block.count < countMax, let piece = pieces.popLast() {
            try take(piece, upTo: countMax, into: &block)
        }
        guard !block.isEmpty else { return nil }
        block.withUnsafeBytes { hash?.update($0) }
        sentCount += Int64(block.count)
        return block
    }

    private func take(
        _ piece: Piece, upTo countMax: Int, into block: inout [UInt8]
    ) throws(DataDirectoryError) {
        let room = countMax - block.count
        switch piece {
        case .bytes(let bytes):
            block += bytes.prefix(room)
            if bytes.count > room { pieces.append(.bytes(Array(bytes.dropFirst(room)))) }
        case .file(let descriptor, let count):
            let wanted = Int(min(Int64(room), count))
            let bytes = try Self.read(descriptor, wanted)
            block += bytes
            let left = count - Int64(bytes.count)
            if left > 0 { pieces.append(.file(descriptor: descriptor, byteCount: left)) }
        }
    }

    /// The hash of everything that `next` gave. Once, after the last.
    func digest() -> [UInt8] {
        guard let hash = hash.take() else { preconditionFailure("a hash ends once") }
        return hash.finish()
    }

    // MARK: - Files

    private static func open(_ path: String) throws(DataDirectoryError) -> (Int32, Int64) {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            throw .system(path: path, operation: "open", errno: errno)
        }
        return (descriptor, Int64(status.st_size))
    }

    private static func smallFile(_ path: String) throws(DataDirectoryError) -> [UInt8] {
        let (descriptor, count) = try open(path)
        defer { close(descriptor) }
        guard count <= Limits.keyringFileBytesMax else {
            throw .damaged(path: path, what: "it is too large")
        }
        return count == 0 ? [] : try read(descriptor, Int(count))
    }

    /// Just so many bytes: both files are only ever replaced whole.
    private static func read(
        _ descriptor: Int32, _ count: Int
    ) throws(DataDirectoryError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let result = bytes.withUnsafeMutableBytes { bytes in
                Glibc.read(descriptor, bytes.baseAddress.map { $0 + done }, count - done)
            }
            if result < 0, errno == EINTR { continue }
            guard result > 0 else {
                throw .system(
                    path: "a copy of the records", operation: "read",
                    errno: result == 0 ? EIO : errno)
            }
            done += result
        }
        return bytes
    }
}
