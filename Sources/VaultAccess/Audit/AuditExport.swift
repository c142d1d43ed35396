import Glibc

/// Reads lines of a log that goes on out of its files, in pieces, for an archive.
public enum AuditExport {
    /// Bytes of a piece, and a line.
    private static let pieceBytes = 128 << 10
    /// How often a rotation may come between the reading of two files.
    private static let turnsMax = 100

    /// Hands over the lines behind number `after` up to `upTo` of the log in `directory`, oldest
    /// first: whole lines, and the number of the first. Lines that are gone are passed over, as are
    /// those that are none. Reads files; `take` may wait, and stops it by returning false.
    public static func read(
        _ directory: String, after: UInt64, upTo: UInt64,
        take: (_ first: UInt64, _ lines: UnsafeRawBufferPointer) -> Bool
    ) throws(AuditError) {
        let disk = try AuditDisk(path: directory, hook: nil)
        var piece = Piece(next: after + 1)
        var turns = 0
        // The file that is written to may get another name at any moment.
        while piece.next <= upTo, turns < turnsMax, !piece.isStopped {
            turns += 1
            let current = try disk.open(AuditFileName.current, O_RDONLY)
            for first in try disk.finishedFiles() where first <= upTo {
                let name = AuditFileName.rotated(first)
                if let file = try disk.open(name, O_RDONLY) {
                    try read(file, upTo: upTo, &piece, take)
                }
            }
            if let current { try read(current, upTo: upTo, &piece, take) }
        }
        piece.send(take)
    }

    private static func read(
        _ file: AuditFile, upTo: UInt64, _ piece: inout Piece,
        _ take: (UInt64, UnsafeRawBufferPointer) -> Bool
    ) throws(AuditError) {
        guard !piece.isStopped, try mayHave(piece.next, file) else { return }
        _ = try AuditLines.forEach(in: file, from: 0) { bytes, _ in
            guard !piece.isStopped,
                let sequence = AuditLine(bytes, readsMAC: false).sequence,
                sequence >= piece.next, sequence <= upTo, bytes.count < AuditLimits.lineBytesMax
            else { return }
            if sequence != piece.next { piece.send(take) }
            piece.add(sequence, bytes)
            if piece.bytes.count >= pieceBytes { piece.send(take) }
        }
    }

    /// Whether the file's last line is that one or a later one.
    private static func mayHave(_ next: UInt64, _ file: AuditFile) throws(AuditError) -> Bool {
        var status = stat()
        guard fstat(file.descriptor, &status) == 0 else {
            throw .system(errno: errno, operation: "read the audit log")
        }
        let last = try AuditTail.lastLine(of: file, before: Int64(status.st_size))
        // A line in the making is behind the last whole one: look, when in doubt.
        return last.map { $0.point.sequence >= next } ?? true
    }

    private struct Piece {
        /// The number that the next line should have.
        var next: UInt64
        var first: UInt64 = 0
        var bytes: [UInt8] = []
        var isStopped = false

        mutating func add(_ sequence: UInt64, _ line: UnsafeRawBufferPointer) {
            if bytes.isEmpty { first = sequence }
            bytes.append(contentsOf: line)
            bytes.append(UInt8(ascii: "\n"))
            next = sequence + 1
        }

        mutating func send(_ take: (UInt64, UnsafeRawBufferPointer) -> Bool) {
            guard !bytes.isEmpty, !isStopped else { return }
            let first = first
            isStopped = !bytes.withUnsafeBytes { take(first, $0) }
            bytes.removeAll(keepingCapacity: true)
        }
    }
}
