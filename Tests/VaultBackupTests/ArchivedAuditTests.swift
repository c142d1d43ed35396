import Testing
import VaultSeal
import VaultStore
import VaultTestSupport

@testable import VaultBackup

/// Lines of the audit log travel with archives, and what they are is not the archive's business.
@Suite struct ArchivedAuditTests {
    /// A log whose lines are numbers: a line each, seven at most in one piece.
    private func log(
        _ last: UInt64, from oldest: UInt64 = 1
    ) -> ArchiveWriter.AuditSource {
        { (after, upTo, take) throws(StoreError) in
            #expect(upTo == last)
            var next = max(after + 1, oldest)
            while next <= upTo {
                let end = min(next + 6, upTo)
                let text = (next...end).map { "\($0)\n" }.joined()
                try Array(text.utf8).lend { (bytes) throws(StoreError) in try take(next, bytes) }
                next = end + 1
            }
        }
    }

    private final class Sink: AuditSink {
        let refusal: BackupError?
        var pieces: [(first: UInt64, text: String)] = []
        var end: UInt64 = 0

        init(refusal: BackupError? = nil) { self.refusal = refusal }

        func take(first: UInt64, _ lines: UnsafeRawBufferPointer) {
            pieces.append((first, String(decoding: lines, as: UTF8.self)))
        }

        func finish(sequence: UInt64, hash: [UInt8], keys: AuditKeys) throws(BackupError) {
            end = sequence
            #expect(hash == [UInt8](repeating: 9, count: 32))
            if let refusal { throw refusal }
        }

        var numbers: [UInt64] {
            pieces.flatMap { $0.text.split(separator: "\n").compactMap { UInt64($0) } }
        }
    }

    private func restore(
        _ backed: BackedUpStore, _ paths: [String], _ sink: Sink
    ) throws -> RestoreReport {
        let files = try paths.map { (path) throws(BackupError) in try ArchiveFile(path: path) }
        let opened = try OpenedChain(
            ArchiveChain(of: files), with: try BackedUpStore.credential(backed.keyfile))
        let directory = backed.scratch.file("restored.\(UInt32.random(in: .min ... .max))")
        return try Restore.run(opened, into: directory, audit: { _ in sink })
    }

    @Test func eachArchiveHasWhatCameSinceTheOneBefore() throws {
        let backed = try BackedUpStore()
        try backed.put("k", "a")
        let full = try backed.archive("full", audit: (20, log(20)))
        try backed.put("k", "b")
        let second = try backed.archive(
            "second", since: try ArchiveFile(path: full), audit: (33, log(33)))
        let third = try backed.archive(
            "third", since: try ArchiveFile(path: second), audit: (33, log(33)))
        let sink = Sink()
        let report = try restore(backed, [second, third, full], sink)
        #expect(sink.numbers == Array(1...33))
        #expect(sink.pieces.map(\.first) == [1, 8, 15, 21, 28])
        #expect(sink.end == 33)
        #expect(report.auditLine == 33)
        // The part alone holds no line of before.
        #expect(try ArchiveFile(path: third).byteCount < ArchiveFile(path: full).byteCount)
    }

    @Test func anArchiveBehindOneWithoutLinesHasThemAll() throws {
        let backed = try BackedUpStore()
        try backed.put("k", "a")
        let full = try backed.archive("full", audit: (10, log(10)))
        let second = try backed.archive("second", since: try ArchiveFile(path: full))
        let third = try backed.archive(
            "third", since: try ArchiveFile(path: second), audit: (30, log(30)))
        let sink = Sink()
        _ = try restore(backed, [full, second, third], sink)
        #expect(sink.numbers == Array(1...30))
    }

    /// A log that ends before the vault does would look like one that was cut.
    @Test func withoutLinesInTheNewestNoneAreRestored() throws {
        let backed = try BackedUpStore()
        try backed.put("k", "a")
        let full = try backed.archive("full", audit: (10, log(10)))
        let second = try backed.archive("second", since: try ArchiveFile(path: full))
        let sink = Sink()
        let report = try restore(backed, [full, second], sink)
        #expect(sink.pieces.isEmpty)
        #expect(sink.end == 0)
        #expect(report.auditLine == 0)
    }

    @Test func aLogThatDoesNotGoOnLeavesNoVault() throws {
        let backed = try BackedUpStore()
        try backed.put("k", "a")
        let full = try backed.archive("full", audit: (10, log(10)))
        #expect(throws: BackupError.continuity("no")) {
            try restore(backed, [full], Sink(refusal: .continuity("no")))
        }
        let left = try Files.names(in: backed.scratch.path).filter { $0.hasPrefix("restored") }
        #expect(left.isEmpty)
    }

    /// What cannot be read by older versions says so by its number, and the others can be still.
    @Test func onlyArchivesWithLinesHaveTheNewFormat() throws {
        let backed = try BackedUpStore()
        let plain = try Files.read(try backed.archive("plain"))
        let audited = try Files.read(try backed.archive("audited", audit: (1, log(1))))
        #expect(plain[8..<12] == [1, 0, 0, 0])
        #expect(audited[8..<12] == [2, 0, 0, 0])
        var forged = audited
        forged[8] = 1
        try Files.write(forged, to: backed.scratch.file("forged"))
        #expect(throws: BackupError.self) {
            try backed.opened(backed.scratch.file("forged")).verifyRecords()
        }
    }
}
