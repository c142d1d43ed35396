import Glibc
import VaultSeal
import VaultTestSupport

@testable import VaultAccess

/// A log in a directory of its own, with a clock that a test moves.
final class AuditFixture {
    let directory: TemporaryDirectory
    let storeID = StoreID(bytes: Array(0..<16))
    let keys: AuditKeys
    var settings = AuditSettings()
    var hook: AuditFault.Hook?
    /// 2026-11-25T03:00:00Z
    var now: Int64 = 1_795_575_600_000_000

    init() throws {
        directory = try TemporaryDirectory()
        keys = try Self.keys(byte: 0x42)
        settings.synchronization = .never
        settings.reserveBytes = 64 << 10
    }

    static func keys(byte: UInt8) throws -> AuditKeys {
        var bytes = [UInt8](repeating: byte, count: 16) + [UInt8](repeating: byte ^ 1, count: 16)
        return try AuditKeys(wiping: &bytes)
    }

    var path: String { directory.file("audit") }
    func file(_ name: String = AuditFileName.current) -> String { "\(path)/\(name)" }
    var head: String { file(AuditFileName.head) }

    func open() throws(AuditError) -> AuditLog {
        try AuditLog(
            directory: path, storeID: storeID, settings: settings, now: now, hook: hook)
    }

    func entry(
        _ number: Int, isAdministrator: Bool = false, status: AuditStatus = .ok
    ) -> AuditEntry {
        now += 7
        var entry = AuditEntry(
            time: now, peer: PeerIdentity(processID: 123, userID: 1000, groupID: 1000),
            method: "etcdserverpb.KV/Range", decision: .allowed, status: status)
        entry.unit = "web.service"
        entry.user = "alice"
        entry.revision = Int64(number)
        entry.isAdministrator = isAdministrator
        return entry
    }

    /// Writes lines, each of them about another key, so many at a time.
    func write(
        _ count: Int, to log: AuditLog, perBatch: Int = 32, isAdministrator: Bool = false,
        keyNames: AuditKeyNames? = nil, isWithRevision: Bool = true
    ) throws(AuditError) {
        var batch = AuditBatch(keyNames: keyNames ?? .hashed(keys))
        for number in 0..<count {
            var entry = entry(number, isAdministrator: isAdministrator)
            if !isWithRevision { entry.revision = nil }
            append("app/\(number)", entry, to: &batch)
            if batch.count == perBatch { try log.write(&batch, now: now) }
        }
        try log.write(&batch, now: now)
    }

    func append(_ key: String, _ entry: AuditEntry, to batch: inout AuditBatch) {
        var entry = entry
        var key = key
        key.withUTF8 { bytes in
            entry.key = UnsafeRawBufferPointer(bytes)
            batch.append(entry)
        }
    }

    func lines(_ name: String = AuditFileName.current) throws -> [[UInt8]] {
        try Files.read(file(name)).split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    func text(_ name: String = AuditFileName.current) throws -> [String] {
        try lines(name).map { String(decoding: $0, as: UTF8.self) }
    }

    func replace(_ lines: [[UInt8]], in name: String = AuditFileName.current) throws {
        try Files.write(lines.flatMap { $0 + [UInt8(ascii: "\n")] }, to: file(name))
    }

    func verify(
        _ names: [String] = [AuditFileName.current], withKeys: Bool = true
    ) throws(AuditError) -> AuditReport {
        try AuditVerifier(keys: withKeys ? keys : nil).verify(names.map { file($0) })
    }

    /// All files of the log, in any order.
    func verifyAll() throws -> AuditReport {
        let names = try Files.names(in: path).filter { $0.hasSuffix(".jsonl") }
        return try verify(names.filter { !$0.hasPrefix("audit-foreign") }.reversed())
    }
}

extension AuditReport {
    /// "edited 12" for each problem, by line, with the numbers where they differ from that.
    var summary: [String] {
        problems.map { problem in
            var text = "\(problem.kind.rawValue) at \(problem.line)"
            if let sequences = problem.sequences {
                text += " seq \(sequences.lowerBound)"
                if sequences.count > 1 { text += "-\(sequences.upperBound)" }
            }
            return text
        }
    }
}
