import Glibc

/// The end of a file that another process wrote: where its lines end, and whether they follow
/// from the head.
struct AuditTail {
    /// A whole line at the end of a file.
    struct Last {
        var point: AuditChain.Point
        /// Where it ends, its newline included.
        var end: Int64
        var event: String?
    }

    /// The last line that follows from where the reading began.
    var last: Last
    /// Where the first line stands that does not follow; nil when all do.
    var breakOffset: Int64?
    /// Bytes behind the last newline.
    var tornBytes: Int64 = 0

    /// Reads from `start`, where the chain is at `point`, to the end of the file.
    static func read(
        _ file: AuditFile, from start: Int64, after point: AuditChain.Point, event: String?
    ) throws(AuditError) -> AuditTail {
        var tail = AuditTail(last: Last(point: point, end: start, event: event))
        var scratch = LineBuffer(capacity: 4096)
        let rest = try AuditLines.forEach(in: file, from: start) { bytes, offset in
            guard tail.breakOffset == nil else { return }
            let line = AuditLine(bytes, readsMAC: false)
            guard line.sequence == tail.last.point.sequence + 1,
                let hash = line.computedHash(after: tail.last.point.hash, &scratch),
                hash == line.hash, let sequence = line.sequence
            else {
                tail.breakOffset = offset
                return
            }
            tail.last = Last(
                point: AuditChain.Point(sequence: sequence, hash: hash),
                end: offset + Int64(bytes.count) + 1, event: line.event)
        }
        tail.tornBytes = rest
        return tail
    }

    /// The last whole line that ends at or before `limit`, as it claims to be; nil when there is
    /// none, or it is no line of the log.
    static func lastLine(of file: AuditFile, before limit: Int64) throws(AuditError) -> Last? {
        let start = max(0, limit - 2 * Int64(AuditLimits.lineBytesMax))
        let text = try AuditDisk.read(file, at: start, count: Int(limit - start))
        guard let end = text.lastIndex(of: UInt8(ascii: "\n")) else { return nil }
        let begin = text[..<end].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return text.withUnsafeBytes { bytes in
            let line = AuditLine(
                UnsafeRawBufferPointer(rebasing: bytes[begin..<end]), readsMAC: false)
            guard let sequence = line.sequence, let hash = line.hash else { return nil }
            return Last(
                point: AuditChain.Point(sequence: sequence, hash: hash),
                end: start + Int64(end) + 1, event: line.event)
        }
    }

    /// The number of the file's first line; nil when it has none.
    static func firstSequence(of file: AuditFile) throws(AuditError) -> UInt64? {
        var sequence: UInt64?
        var isFirst = true
        _ = try AuditLines.forEach(in: file, from: 0, limit: AuditLimits.lineBytesMax) { line, _ in
            if isFirst { sequence = AuditLine(line, readsMAC: false).sequence }
            isFirst = false
        }
        return sequence
    }
}
