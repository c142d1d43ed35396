import Glibc
import Testing
import VaultTestSupport

@testable import VaultBackup

/// Files that are written past the page cache, in blocks: the same bytes, the same promises.
@Suite struct LargeFileTests {
    private static let whole = (0..<(2 * BackupLimits.writeBlockBytes + 4097)).map {
        UInt8(truncatingIfNeeded: $0 &* 31 >> 3)
    }

    private func publish(in files: any BackupFiles) -> BackupError? {
        do throws(BackupError) {
            var file = try AtomicFile.begin("a", isLarge: true, in: files)
            var rest = Self.whole[...]
            while !rest.isEmpty {
                let part = Array(rest.prefix(99_991))
                rest = rest.dropFirst(part.count)
                try part.lend { (bytes) throws(BackupError) in try file.append(bytes) }
            }
            try file.publish()
            return nil
        } catch { return error }
    }

    /// What `intervention` at write `target` leaves of it.
    private func outcome(
        of intervention: Intervention?, at target: Int
    ) throws -> (error: BackupError?, content: [UInt8]?, writes: Int) {
        let directory = try TemporaryDirectory()
        let files = InterposedFiles(try DirectoryFiles.open(directory.path))
        var writes = 0
        files.intervene = { call in
            guard call == .write else { return nil }
            writes += 1
            return writes == target ? intervention : nil
        }
        let error = publish(in: files)
        let names = try Files.names(in: directory.path)
        guard names == ["a"] else {
            #expect(names.isEmpty, "\(names)")
            return (error, nil, writes)
        }
        return (error, try Files.read(directory.file("a")), writes)
    }

    @Test func whatIsAppendedIsWhatIsThere() throws {
        let outcome = try outcome(of: nil, at: 0)
        #expect(outcome.error == nil)
        #expect(outcome.content == Self.whole)
        // Two blocks and the rest; a file system without direct writes takes every piece.
        #expect([3, (Self.whole.count + 99_990) / 99_991].contains(outcome.writes))
    }

    @Test(arguments: [1, 2, 3], [1, 512, 4096, 100_001])
    func aShortWriteIsGoneOnFrom(target: Int, count: Int) throws {
        let outcome = try outcome(of: .short(count), at: target)
        #expect(outcome.error == nil)
        #expect(outcome.content == Self.whole)
    }

    @Test(arguments: [1, 2])
    func aDiskThatTakesNoBlocksGetsBytes(target: Int) throws {
        let directory = try TemporaryDirectory()
        let probe = try DirectoryFiles.open(directory.path)
        let file = try probe.create("probe")
        defer { probe.close(file) }
        guard probe.setDirect(true, file) else { return }
        let outcome = try outcome(of: .fail(EINVAL), at: target)
        #expect(outcome.error == nil)
        #expect(outcome.content == Self.whole)
    }

    @Test(arguments: [1, 2, 3], [ENOSPC, EIO])
    func aFailedWritePublishesNothing(target: Int, code: Int32) throws {
        let outcome = try outcome(of: .fail(code), at: target)
        #expect(outcome.error?.exitCode == (code == ENOSPC ? 20 : 23))
        #expect(outcome.content == nil)
    }
}
