import VaultSeal
import VaultStore
import VaultTestSupport

@testable import VaultAccess
@testable import VaultBackup

/// A log of lines that follow from one another, in files, as vaultd writes them while it is sealed.
struct ChainedLog {
    /// All of it.
    let bytes: [UInt8]
    /// The number of its last line, and the hash.
    let last: UInt64
    let hash: [UInt8]
    /// Where each line begins in `bytes`, and where the last ends.
    private let offsets: [Int]

    /// - Parameters:
    ///   - count: of lines.
    ///   - fileLines: how many of them a file has.
    init(count: Int, fileLines: Int) {
        var chain = AuditChain(after: AuditChain.Point())
        var (bytes, offsets): ([UInt8], [Int]) = ([], [0])
        for number in 0..<count {
            var body = ",\"time\":\"2026-11-30T12:00:00.000000Z\""
            switch number % fileLines {
            case 0:
                body += ",\"event\":\"opened\",\"format\":1,\"sealed\":true"
                if number > 0 {
                    let hash = chain.point.hash.withBytes {
                        VaultBackup.Hexadecimal.encode(Array($0))
                    }
                    body += ",\"previousSeq\":\(number),\"previousHash\":\"\(hash)\""
                }
            case fileLines - 1: body += ",\"event\":\"rotated\",\"next\":\"audit.jsonl\""
            default: body += ",\"uid\":0,\"method\":\"/etcdserverpb.KV/Range\",\"code\":\"OK\""
            }
            var line = LineBuffer(capacity: 512)
            Array(body.utf8).withUnsafeBytes { chain.append($0, keys: nil, to: &line) }
            bytes += Array(line.bytes)
            offsets.append(bytes.count)
        }
        self.bytes = bytes
        self.offsets = offsets
        last = UInt64(count)
        hash = chain.point.hash.withBytes { Array($0) }
    }

    /// The lines, as an archive is given them.
    var source: ArchiveWriter.AuditSource {
        { (after, upTo, take) throws(StoreError) in
            var next = Int(after)
            while next < Int(upTo) {
                let end = min(next + 40, Int(upTo))
                let piece = Array(bytes[offsets[next]..<offsets[end]])
                try piece.lend { (bytes) throws(StoreError) in try take(UInt64(next + 1), bytes) }
                next = end
            }
        }
    }

    /// What is wrong with the files that a restore has made of it; nil when they are all of it.
    func problem(in directory: String) throws -> String? {
        let names = try Files.names(in: directory)
        // "audit-<first line>.jsonl" is before "audit.jsonl".
        let found = try names.filter { $0.hasSuffix(".jsonl") }.sorted()
            .flatMap { try Files.read("\(directory)/\($0)") }
        guard found == bytes else { return "the audit log has \(found.count) bytes" }
        guard names.last == "audit.jsonl", names.contains("audit.head") else {
            return "the audit log has the files \(names)"
        }
        let head = try Files.read("\(directory)/audit.head")
        guard head.count == 192, Array(head[56..<88]) == hash else {
            return "the head names another line"
        }
        return nil
    }
}

/// Puts them beside a restored vault, as vaultctl does.
final class RebuiltAudit: AuditSink {
    private let rebuild: AuditRebuild

    init(directory: String) throws(BackupError) {
        do throws(AuditError) { rebuild = try AuditRebuild(directory: directory) } catch {
            throw .inconclusive("\(error)")
        }
    }

    func take(first: UInt64, _ lines: UnsafeRawBufferPointer) throws(BackupError) {
        do throws(AuditError) { try rebuild.take(first: first, lines) } catch {
            throw .continuity("\(error)")
        }
    }

    func finish(sequence: UInt64, hash: [UInt8], keys: AuditKeys) throws(BackupError) {
        do throws(AuditError) {
            try rebuild.finish(sequence: sequence, hash: hash, keys: keys, now: 1)
        } catch { throw .continuity("\(error)") }
    }
}
