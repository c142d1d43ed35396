import VaultSeal

/// The frames of an archive, opened one after the other; each is authentic when it is returned.
struct ArchiveFrames {
    private let file: ArchiveFile
    private let key: ArchiveKey
    private var offset: Int64
    private var number: UInt64 = 0
    private(set) var isFinished = false

    /// - Parameter headerBytes: where the frames begin.
    init(of file: ArchiveFile, key: ArchiveKey, headerBytes: Int) {
        self.file = file
        self.key = key
        offset = Int64(headerBytes)
    }

    /// Bytes that were read.
    var position: Int64 { offset }

    /// The next frame's plaintext and kind; nil behind the last one. Throws `.integrity` for what
    /// was not written there, and for a file that ends without a last frame.
    mutating func next() throws(BackupError) -> (kind: ArchiveKey.Frame, bytes: [UInt8])? {
        let end = Int64(file.footer.contentBytes)
        if isFinished {
            guard offset == end else {
                throw .integrity("\(file.path): something follows its last frame")
            }
            return nil
        }
        let (kind, count) = try readHeader(upTo: end)
        var bytes = try file.read(
            at: offset + Int64(ArchiveFormat.frameHeaderCount), count: count)
        offset += Int64(ArchiveFormat.frameHeaderCount + count)
        if kind == .parent {
            number += 1
            return (kind, bytes)
        }
        let (key, number) = (key, number)
        let outcome: Result<Void, SealError> = bytes.withUnsafeMutableBytes { bytes in
            do throws(SealError) {
                return .success(try key.decrypt(bytes, number: number, as: kind))
            } catch { return .failure(error) }
        }
        guard case .success = outcome else {
            throw .integrity("\(file.path) is damaged at byte \(offset - Int64(count))")
        }
        self.number += 1
        isFinished = kind == .last
        bytes.removeLast(ArchiveKey.tagCount)
        return (kind, bytes)
    }

    private func readHeader(upTo end: Int64) throws(BackupError) -> (ArchiveKey.Frame, Int) {
        guard end - offset >= Int64(ArchiveFormat.frameHeaderCount) else {
            throw .integrity("\(file.path) ends without its last frame")
        }
        var header = ArchiveBytes(
            reading: try file.read(at: offset, count: ArchiveFormat.frameHeaderCount))
        let count = Int(header.number(UInt32.self))
        let kindNumber: UInt32 = header.number()
        guard kindNumber <= UInt32(UInt8.max),
            let kind = ArchiveKey.Frame(rawValue: UInt8(kindNumber)),
            count >= ArchiveKey.tagCount,
            count <= ArchiveFormat.frameBytesMax + ArchiveKey.tagCount,
            Int64(count) <= end - offset - Int64(ArchiveFormat.frameHeaderCount),
            (kind == .parent) == (number == 0 && !file.footer.identity.isFull),
            kind != .parent || count == ArchiveKey.wrappedCount
        else { throw .integrity("\(file.path) is damaged at byte \(offset)") }
        return (kind, count)
    }
}
