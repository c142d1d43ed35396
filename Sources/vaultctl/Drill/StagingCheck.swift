import Glibc
import VaultAccess
import VaultBackup
import VaultSeal

/// What a drill looks at in the files of a restored vault.
struct StagingCheck {
    let directory: String

    /// Modes and owners, and none of `plaintexts` in any file.
    func checkFiles(_ plaintexts: [[UInt8]]) throws(BackupError) {
        try check(directory, plaintexts)
    }

    private func check(_ path: String, _ plaintexts: [[UInt8]]) throws(BackupError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            throw .inconclusive("\(path) cannot be looked at")
        }
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw .continuity("\(path) can be used by others")
        }
        guard isDirectory else { return try search(path, plaintexts) }
        for name in try Self.names(in: path) { try check(path + "/" + name, plaintexts) }
    }

    private static func names(in path: String) throws(BackupError) -> [String] {
        do throws(DirectoryNames.Failure) { return try DirectoryNames.list(path) } catch {
            throw .inconclusive("\(path) cannot be listed")
        }
    }

    private func search(_ path: String, _ plaintexts: [[UInt8]]) throws(BackupError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .inconclusive("\(path) cannot be read") }
        defer { close(descriptor) }
        let overlap = plaintexts.map(\.count).max() ?? 0
        var block = [UInt8](repeating: 0, count: (1 << 20) + overlap)
        var kept = 0
        while true {
            let count = block.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress.map { $0 + kept }, $0.count - kept)
            }
            guard count > 0 else { return }
            let end = kept + count
            for text in plaintexts {
                guard !Self.contains(block[..<end], text) else {
                    throw .integrity("\(path) holds a secret in plain text")
                }
            }
            kept = min(overlap, end)
            block.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                memmove(base, base + (end - kept), kept)
            }
        }
    }

    private static func contains(_ block: ArraySlice<UInt8>, _ text: [UInt8]) -> Bool {
        block.withUnsafeBytes { block in
            text.withUnsafeBytes { text in
                guard let base = block.baseAddress, let wanted = text.baseAddress else {
                    return false
                }
                var start = 0
                while start + text.count <= block.count {
                    let left = block.count - text.count - start + 1
                    guard let found = memchr(base + start, Int32(text[0]), left) else {
                        return false
                    }
                    if memcmp(found, wanted, text.count) == 0 { return true }
                    start = UnsafeRawPointer(found) - base + 1
                }
                return false
            }
        }
    }

    /// The new audit log verifies, with all that came back with the backup, and says where it goes
    /// on from. Returns how many lines it has.
    func checkAudit(
        _ keys: AuditKeys, previousSequence: UInt64
    ) throws(BackupError) -> Int {
        let (log, path) = (directory + "/audit", directory + "/audit/audit.jsonl")
        let files = try Self.names(in: log).filter { $0.hasSuffix(".jsonl") }
        let report = try verify(files.map { log + "/" + $0 }, keys)
        guard report.isIntact else {
            throw .continuity("the audit log of the restored vault does not verify")
        }
        let said = "\"previousSeq\":\(previousSequence),"
        let isSaid =
            previousSequence == 0
            || StagingCheck.lines(of: path).contains {
                $0.contains("\"event\":\"restored\"") && $0.contains(said)
            }
        guard isSaid else {
            throw .continuity("the audit log does not say which line it goes on from")
        }
        return report.lineCount
    }

    /// The log without one of its lines, in another file, must not verify.
    func auditControl(_ keys: AuditKeys, in scratch: String) -> ControlObservation {
        var lines = Self.lines(of: directory + "/audit/audit.jsonl")
        guard lines.count >= 3 else { return .notRun("the audit log has too few lines") }
        lines.remove(at: lines.count / 2)
        let path = scratch + "/audit.jsonl"
        guard let file = fopen(path, "w") else { return .notRun("no copy can be made") }
        for line in lines { fputs(line + "\n", file) }
        fclose(file)
        defer { unlink(path) }
        do throws(BackupError) {
            let isIntact = try verify([path], keys).isIntact
            return .ended(exitCode: isIntact ? 0 : 18, leaked: false)
        } catch { return .ended(exitCode: error.exitCode, leaked: false) }
    }

    private func verify(_ paths: [String], _ keys: AuditKeys) throws(BackupError) -> AuditReport {
        do throws(AuditError) { return try AuditVerifier(keys: keys).verify(paths) } catch {
            throw .inconclusive("the audit log cannot be read: \(error)")
        }
    }

    private static func lines(of path: String) -> [String] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var (line, size, lines) = (UnsafeMutablePointer<CChar>?.none, 0, [String]())
        defer { free(line) }
        while getline(&line, &size, file) > 0, let line {
            lines.append(String(String(cString: line).prefix { $0 != "\n" }))
        }
        return lines
    }
}
