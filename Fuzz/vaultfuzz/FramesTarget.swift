import Glibc

@testable import VaultBackup
@testable import VaultSeal
@testable import VaultStore

/// What stands inside of an archive's frames, encrypted and signed as a vault would: everything
/// about the archive is right but what it says. With a summary that fits, or one of the input's.
///
///     flags, last revision, compacted revision, removals, [summary], then per frame: count, bytes
final class FramesTarget: FuzzTarget {
    private enum Flag {
        static let continues: UInt8 = 1
        static let hasSummary: UInt8 = 2
        static let restoresInPart: UInt8 = 4
    }

    private let restores: Bool
    private let fixture: Fixture
    private let file: MemoryFile
    private let parent: MemoryFile
    private var runs = 0

    init(restores: Bool) throws {
        self.restores = restores
        fixture = try Fixture()
        file = try MemoryFile()
        parent = try MemoryFile()
        parent.fill(fixture.full)
    }

    func take(_ input: [UInt8]) {
        var input = Input(input)
        let flags = input.byte()
        let continues = flags & Flag.continues != 0
        do throws(BackupError) {
            var draft = try ArchiveDraft(
                fixture, continues: continues, last: input.number(), compacted: input.number(),
                removals: input.number())
            if flags & Flag.hasSummary != 0 {
                draft.summary = input.filled(ArchiveSummary.byteCount)
            }
            while !input.isAtEnd {
                draft.frames.append(input.bytes(Int(input.number(UInt16.self))))
            }
            if flags & Flag.hasSummary == 0 {
                file.fill(try draft.encode())
                try open(continues) { (opened) throws(BackupError) in try draft.fit(to: opened) }
            }
            file.fill(try draft.encode())
            try open(continues) { (opened) throws(BackupError) in
                let verified = try opened.verifyRecords()
                if restores { try restore(opened, verified, inPart: flags & 4 != 0) }
            }
        } catch {
            require([12, 13, 14, 17, 24].contains(error.exitCode), "\(error.message)")
        }
    }

    private func open(
        _ continues: Bool, _ body: (OpenedChain) throws(BackupError) -> Void
    ) throws(BackupError) {
        var files = [try ArchiveFile(path: file.path)]
        if continues { files.append(try ArchiveFile(path: parent.path)) }
        let chain = try ArchiveChain(of: files)
        let opened = try fixture.open(chain)
        defer { opened.close() }
        try body(opened)
    }

    /// What a restore has made opens, or is refused as damage, and then holds what it says.
    private func restore(
        _ opened: OpenedChain, _ verified: OpenedChain.Verification, inPart: Bool
    ) throws(BackupError) {
        let directory = fixture.scratch.file("restored")
        defer { fixture.scratch.removeContent() }
        var options = RestoreOptions()
        if inPart { options.revision = max(1, opened.chain.last.footer.lastRevision / 2) }
        let report = try Restore.run(opened, into: directory, options: options)
        require(
            inPart || report.records == verified.records, "a restore restores what was verified")
        do {
            let keyring = try KeyringFile.openAll(in: directory, with: try Fixture.credential())
            let store = try Store.open(
                in: directory, cipher: keyring.cipher, stateHashKey: keyring.stateHashKey,
                configuration: StoreConfiguration(scanThreads: 1))
            require(
                UInt64(store.status().recordCount) == report.records,
                "a restored vault holds what the restore says")
            store.close()
            keyring.cipher.close()
            keyring.live.close()
            keyring.stateHashKey.close()
        } catch StoreError.damaged {} catch { preconditionFailure("it does not open: \(error)") }
    }

    var seeds: [[UInt8]] {
        do {
            return try [false, true].flatMap { continues in
                let bytes = continues ? fixture.part : fixture.full
                let draft = try ArchiveDraft(fixture, of: bytes, continues: continues)
                let numbers =
                    Input.encode(draft.last) + Input.encode(draft.compacted)
                    + Input.encode(draft.removals)
                let frames = draft.frames.flatMap { Input.encode(UInt16($0.count)) + $0 }
                let flag: UInt8 = continues ? Flag.continues : 0
                return [
                    [flag] + numbers + frames,
                    [flag | Flag.restoresInPart] + numbers + frames,
                    [flag | Flag.hasSummary] + numbers + draft.summary + frames,
                ]
            }
        } catch { preconditionFailure("the fixture can be read: \(error)") }
    }
}
