import Glibc
public import VaultSeal

/// Makes the log of a restored vault out of the lines of the lost one's, as they come: files that a
/// vaultd goes on with. Every line is held against the chain. Used by one thread at a time.
///
///     lines 1-90, 91 "rotated", 92 "opened", 93-99   ->   audit-…01.jsonl  audit.jsonl  audit.head
public final class AuditRebuild {
    private let disk: AuditDisk
    private var file: AuditFile?
    /// The number of the file's first line.
    private var firstSequence: UInt64 = 0
    private var size: Int64 = 0
    private var succession = AuditSuccession()
    private var hasMAC = false
    private var scratch = LineBuffer(capacity: 4096)
    /// The names that finished files got.
    private var finished: [String] = []

    /// Makes `directory`, which should be empty.
    public init(directory: String) throws(AuditError) {
        disk = try AuditDisk(path: directory, hook: nil)
    }

    /// Takes whole lines; `first` is the number of the first. When that is not the number behind
    /// the last line, those before were gone when these were read, and are left out.
    ///
    /// Throws `.broken` for a line that does not follow.
    public func take(
        first: UInt64, _ lines: UnsafeRawBufferPointer
    ) throws(AuditError) {
        if try succession.expect(first) { try beginAnew() }
        try AuditSuccession.forEach(in: lines) { (bytes) throws(AuditError) in try take(bytes) }
    }

    private func beginAnew() throws(AuditError) {
        for name in finished + [AuditFileName.current] { try disk.remove(name) }
        (file, finished) = (nil, [])
    }

    private func take(_ bytes: UnsafeRawBufferPointer) throws(AuditError) {
        let line = AuditLine(bytes)
        try succession.take(line)
        let sequence = succession.point.sequence
        if line.event == "opened" || file == nil { try beginFile(with: sequence) }
        hasMAC = line.mac != nil
        try write(bytes)
    }

    /// Every file begins with a line that says so.
    private func beginFile(with sequence: UInt64) throws(AuditError) {
        if let file {
            try disk.synchronize(file)
            let name = AuditFileName.rotated(firstSequence)
            try disk.rename(AuditFileName.current, to: name)
            finished.append(name)
        }
        file = try disk.create(AuditFileName.current, O_WRONLY | O_APPEND)
        (firstSequence, size) = (sequence, 0)
    }

    private func write(_ line: UnsafeRawBufferPointer) throws(AuditError) {
        guard let file else { return }
        scratch.removeAll()
        scratch.put(line)
        scratch.put("\n")
        try disk.append(scratch.bytes, to: file)
        size += Int64(scratch.bytes.count)
    }

    /// Makes the files durable, and a log that ends with line `sequence`, whose hash has 32 bytes.
    ///
    /// Throws `.broken` when the lines end elsewhere. `now` is in microseconds since 1970.
    public func finish(
        sequence: UInt64, hash: [UInt8], keys: AuditKeys, now: Int64
    ) throws(AuditError) {
        try succession.checkEnd(sequence: sequence, hash: hash)
        guard let file else { throw .broken(AuditTrouble(kind: .truncated, from: 1)) }
        try disk.synchronize(file)
        var head = AuditHead(
            bootID: BootID.read(), firstSequence: firstSequence, begun: now, size: UInt64(size))
        head.point = succession.point
        // A line without one is no proof of the lines before it, as in any log.
        if hasMAC { _ = head.authenticate(with: keys, revision: nil) }
        let headFile = try disk.create(AuditFileName.head, O_WRONLY)
        let encoded = head.encoded
        let outcome: Result<Void, AuditError> = encoded.withUnsafeBytes { bytes in
            do throws(AuditError) {
                return .success(try disk.overwrite(bytes, in: headFile, AuditFileName.head))
            } catch { return .failure(error) }
        }
        try outcome.get()
        try disk.synchronize(headFile)
        try disk.synchronizeDirectory()
    }
}
