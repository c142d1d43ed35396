import ArgumentParser
import VaultAccess
import VaultSeal

/// What a line of the audit log costs: formatting, chain, MAC and the write of a batch; and how
/// fast a log is verified. No server takes part.
struct AuditCost: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit-cost",
        abstract: "Microseconds for a line of the audit log, and lines verified in a second.")

    @Option(help: "A directory for the log; it must not exist.")
    var directory: String

    @Option(help: "Lines in a batch.")
    var batch = 32

    @Option(help: "Lines in all.")
    var lines = 1_000_000

    func run() throws {
        var bytes = [UInt8](repeating: 7, count: 32)
        let keys = try AuditKeys(wiping: &bytes)
        var settings = AuditSettings()
        settings.fileBytesMax = 1 << 40
        let time: Int64 = 1_795_575_600_000_000
        let log = try AuditLog(
            directory: directory, storeID: StoreID(bytes: Array(0..<16)), settings: settings,
            now: time)
        try log.unlock(keys, now: time)
        var waiting = AuditBatch(keyNames: .hashed(keys))
        var entry = AuditEntry(
            time: time, peer: PeerIdentity(processID: 4711, userID: 1000, groupID: 1000),
            method: "etcdserverpb.KV/Range", decision: .allowed, status: .ok)
        entry.unit = "web.service"
        let key = Array("app/db/password/of/the/service".utf8)
        let clock = ContinuousClock()
        let began = clock.now
        var formatting = Duration.zero
        for _ in 0..<(lines / batch) {
            let start = clock.now
            key.withUnsafeBytes { key in
                entry.key = key
                for _ in 0..<batch {
                    entry.time += 5
                    entry.revision = entry.time & 0xFFFF
                    waiting.append(entry)
                }
            }
            formatting += start.duration(to: clock.now)
            try log.write(&waiting, now: entry.time)
        }
        let written = began.duration(to: clock.now).microseconds
        let count = Double(lines / batch * batch)
        log.close()
        let start = clock.now
        let report = try AuditVerifier(keys: keys).verify(["\(directory)/audit.jsonl"])
        let verified = start.duration(to: clock.now).microseconds
        print(
            decimal(written / count), decimal(formatting.microseconds / count),
            decimal(count / verified * 1e6), report.problemCount)
    }
}
