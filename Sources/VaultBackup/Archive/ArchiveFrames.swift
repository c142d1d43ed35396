import VaultSeal

/// The frames of an archive: found one after the other by their headers, and opened in any order,
/// on any thread. What a header says is authentic only when its frame was opened.
struct ArchiveFrames: Sendable {
    /// Where a frame lies and what it says it is.
    struct Place: Sendable {
        var number: UInt64
        /// Of its bytes behind its header.
        var offset: Int64
        var count: Int
        var kind: ArchiveKey.Frame

        /// Where it ends.
        var end: Int64 { offset + Int64(count) }
    }

    private let file: ArchiveFile
    private let key: ArchiveKey
    private var offset: Int64
    private var number: UInt64 = 0
    private var isFinished = false

    /// - Parameter headerBytes: where the frames begin.
    init(of file: ArchiveFile, key: ArchiveKey, headerBytes: Int) {
        self.file = file
        self.key = key
        offset = Int64(headerBytes)
    }

    // MARK: - Finding

    /// The next frames, at most `countMax`; empty behind the last one. Throws `.integrity` for
    /// headers that nobody wrote, and for a file that ends without a last frame.
    mutating func find(countMax: Int) throws(BackupError) -> [Place] {
        var places: [Place] = []
        while places.count < countMax, let place = try find() { places.append(place) }
        return places
    }

    private mutating func find() throws(BackupError) -> Place? {
        let end = Int64(file.footer.contentBytes)
        if isFinished {
            guard offset == end else {
                throw .integrity("\(file.path): something follows its last frame")
            }
            return nil
        }
        let place = try readHeader(upTo: end)
        (offset, number, isFinished) = (place.end, number + 1, place.kind == .last)
        return place
    }

    private func readHeader(upTo end: Int64) throws(BackupError) -> Place {
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
        return Place(
            number: number, offset: offset + Int64(ArchiveFormat.frameHeaderCount), count: count,
            kind: kind)
    }

    // MARK: - Opening

    /// A frame's plaintext, authentic; of a `.parent` what `ArchiveKey.unwrapParent` reads. Throws
    /// `.integrity` for what was not written there.
    func open(_ place: Place) throws(BackupError) -> [UInt8] {
        var bytes = try file.read(at: place.offset, count: place.count)
        if place.kind == .parent { return bytes }
        let key = key
        let outcome: Result<Void, SealError> = bytes.withUnsafeMutableBytes { bytes in
            do throws(SealError) {
                return .success(try key.decrypt(bytes, number: place.number, as: place.kind))
            } catch { return .failure(error) }
        }
        guard case .success = outcome else {
            throw .integrity("\(file.path) is damaged at byte \(place.offset)")
        }
        bytes.removeLast(ArchiveKey.tagCount)
        return bytes
    }

    /// Finds the next frame and opens it; nil behind the last one.
    mutating func next() throws(BackupError) -> (kind: ArchiveKey.Frame, bytes: [UInt8])? {
        guard let place = try find() else { return nil }
        return (place.kind, try open(place))
    }
}
