@testable import VaultBackup
@testable import VaultSeal

/// Whole files, given to what lists, verifies and restores archives. The first byte says whether
/// they get right checksums and signatures first, as a vault with a bug would make them.
final class ArchiveTarget: FuzzTarget {
    private let fixture: Fixture
    private let file: MemoryFile
    private let parent: MemoryFile

    init() throws {
        fixture = try Fixture()
        file = try MemoryFile()
        parent = try MemoryFile()
        parent.fill(fixture.full)
    }

    var seeds: [[UInt8]] {
        [fixture.full, fixture.part].flatMap { archive in
            [[0] + archive, [1] + archive, [3] + archive]
        } + [[2] + fixture.part]
    }

    func take(_ input: [UInt8]) {
        var input = Input(input)
        let flags = input.byte()
        var bytes = input.remainder()
        if flags & 1 != 0 { sign(&bytes) }
        file.fill(bytes)
        do throws(BackupError) {
            try read(hasParent: flags & 2 != 0)
            require(
                flags & 1 != 0 || bytes == fixture.full || bytes == fixture.part,
                "what no vault wrote is refused")
        } catch {
            require([12, 13, 14, 17, 24].contains(error.exitCode), "\(error.message)")
        }
    }

    private func read(hasParent: Bool) throws(BackupError) {
        let archive = try ArchiveFile(path: file.path)
        try archive.verifyBytes()
        var files = [archive]
        if hasParent { files.append(try ArchiveFile(path: parent.path)) }
        let opened = try fixture.open(try ArchiveChain(of: files))
        defer { opened.close() }
        _ = try opened.verifyRecords()
    }

    /// Sets right what the holder of the vault's keys could set right.
    private func sign(_ bytes: inout [UInt8]) {
        let start = bytes.count - ArchiveFooter.byteCount
        guard start >= ArchiveFormat.prefixCount else { return }
        var reader = ArchiveBytes(reading: Array(bytes[12..<16]))
        let headerCount = Int(reader.number(UInt32.self))
        let sum = ArchiveFormat.checksumCount
        guard headerCount >= sum, headerCount <= start else { return }
        let header = Array(bytes[..<(headerCount - sum)])
        bytes.replaceSubrange(
            header.count..<headerCount, with: ArchiveHash.digest(of: header))
        // Where the footer's parts stand: docs/formats.md, "Archives".
        let digests = start + ArchiveFormat.prefixCount + ArchiveIdentity.byteCount
        let content = Array(bytes[..<start])
        bytes.replaceSubrange(
            digests..<(digests + 2 * sum + 8),
            with: Array(content[header.count..<headerCount]) + ArchiveHash.digest(of: content)
                + Input.encode(UInt64(start)))
        let signature = bytes.count - sum - ArchiveKeys.signatureCount
        let half = signature - ArchiveKeys.publicCount
        do throws(SealError) {
            bytes.replaceSubrange(half..<signature, with: try fixture.keys.publicHalf(parent: 1))
            let signed = Array(bytes[start..<signature])
            bytes.replaceSubrange(
                signature..<(bytes.count - sum),
                with: try fixture.keys.sign(signed, parent: 1).signature)
        } catch { preconditionFailure("the fixture signs: \(error)") }
        let end = bytes.count - sum
        bytes.replaceSubrange(end..., with: ArchiveHash.digest(of: Array(bytes[start..<end])))
    }
}
