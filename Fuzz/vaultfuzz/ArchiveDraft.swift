@testable import VaultBackup
@testable import VaultSeal
@testable import VaultStore

/// An archive in the making that says what it is told to, under the keys of the fixture.
struct ArchiveDraft {
    private let header: [UInt8]
    private let parentFrame: [UInt8]
    private let key: ArchiveKey
    private let keys: ArchiveKeys
    private var footer: ArchiveFooter
    var frames: [[UInt8]] = []
    /// Of `ArchiveSummary`'s size.
    var summary: [UInt8]

    var last: Int64 { footer.lastRevision }
    var compacted: Int64 { footer.compactRevision }
    var removals: UInt64 { footer.removals }

    /// Has nothing in it yet.
    init(
        _ fixture: Fixture, continues: Bool, last: Int64, compacted: Int64, removals: UInt64
    ) throws(BackupError) {
        let bytes = continues ? fixture.part : fixture.full
        footer = try ArchiveFooter(Fixture.end(of: bytes))
        footer.lastRevision = last
        footer.compactRevision = compacted
        footer.removals = removals
        let prefix = Array(bytes[..<ArchiveFormat.prefixCount])
        header = Array(bytes[..<(try ArchiveHeader.byteCount(prefix: prefix))])
        let frameCount = ArchiveFormat.frameHeaderCount + ArchiveKey.wrappedCount
        parentFrame = continues ? Array(bytes[header.count...].prefix(frameCount)) : []
        keys = fixture.keys
        do throws(SealError) {
            key = try keys.key(forHeader: footer.headerChecksum, parent: footer.identity.keyNumber)
        } catch { throw .inconclusive("\(error)") }
        summary = [UInt8](repeating: 0, count: ArchiveSummary.byteCount)
    }

    /// Says what `bytes` says.
    init(_ fixture: Fixture, of bytes: [UInt8], continues: Bool) throws(BackupError) {
        let footer = try ArchiveFooter(Fixture.end(of: bytes))
        try self.init(
            fixture, continues: continues, last: footer.lastRevision,
            compacted: footer.compactRevision, removals: footer.removals)
        let file: MemoryFile
        do { file = try MemoryFile() } catch { throw .inconclusive("\(error)") }
        file.fill(bytes)
        var reader = ArchiveFrames(
            of: try ArchiveFile(path: file.path), key: key, headerBytes: header.count)
        while let frame = try reader.next() {
            if frame.kind == .content { frames.append(frame.bytes) }
            if frame.kind == .last { summary = frame.bytes }
        }
    }

    /// Makes the summary and the footer say what the frames do.
    mutating func fit(to opened: OpenedChain) throws(BackupError) {
        let tally = ChainTally(key: opened.keyring.stateHashKey)
        _ = try opened.read(tally)
        let numbers: [UInt64] = [
            UInt64(bitPattern: last), UInt64(bitPattern: compacted), tally.tally.records,
            tally.tally.leases, tally.tally.accessNumber, removals, 1,
            UInt64(bitPattern: footer.newestTime),
        ]
        summary = numbers.flatMap { Input.encode($0) }
        var hash = [UInt8](repeating: 0, count: StateHash.byteCount)
        hash.withUnsafeMutableBytes { tally.tally.stateHash.encode(into: $0) }
        summary += hash + [UInt8](repeating: 9, count: 32)
    }

    /// The file.
    mutating func encode() throws(BackupError) -> [UInt8] {
        var bytes = header + parentFrame
        var number: UInt64 = parentFrame.isEmpty ? 0 : 1
        // Numbers that the reader compares and the input does not choose.
        let numbers =
            Input.encode(footer.lastRevision) + Input.encode(footer.compactRevision)
            + summary[16..<40] + Input.encode(footer.removals) + summary[48..<56]
            + Input.encode(footer.newestTime)
        for frame in frames { append(frame, as: .content, &number, to: &bytes) }
        append(numbers + summary[64...], as: .last, &number, to: &bytes)
        footer.recordCount = try recordCount()
        footer.contentBytes = UInt64(bytes.count)
        footer.digest = ArchiveHash.digest(of: bytes)
        do throws(SealError) {
            footer.signature = try keys.sign(
                footer.signedBytes, parent: footer.identity.keyNumber
            ).signature
        } catch { throw .inconclusive("\(error)") }
        return bytes + footer.encode()
    }

    private func append(
        _ plaintext: [UInt8], as kind: ArchiveKey.Frame, _ number: inout UInt64,
        to bytes: inout [UInt8]
    ) {
        var frame = plaintext + [UInt8](repeating: 0, count: ArchiveKey.tagCount)
        let key = key
        let place = number
        frame.withUnsafeMutableBytes { key.encrypt($0, number: place, as: kind) }
        bytes += Input.encode(UInt32(frame.count)) + Input.encode(UInt32(kind.rawValue)) + frame
        number += 1
    }

    private func recordCount() throws(BackupError) -> UInt64 {
        var counter = RecordCounter()
        for frame in frames { try ArchiveItems.read(frame, &counter) }
        return counter.count
    }
}
