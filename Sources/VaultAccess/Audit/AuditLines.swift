/// Cuts a file into lines, in memory that does not grow with it.
enum AuditLines {
    /// Calls `body` with each line, without its newline, and with its offset; a line longer than
    /// `AuditLimits.lineBytesMax` comes cut to that and one byte. Returns how many bytes there are
    /// behind the last newline.
    ///
    /// Reads `limit` bytes at most, for who wants the first line only.
    static func forEach(
        in file: AuditFile, from start: Int64, limit: Int = .max,
        _ body: (_ line: UnsafeRawBufferPointer, _ offset: Int64) -> Void
    ) throws(AuditError) -> Int64 {
        let capacity = AuditLimits.readBytes + AuditLimits.lineBytesMax + 1
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        defer { memory.deallocate() }
        // What is in memory begins at `lineStart` in the file; the first `held` bytes are there.
        var lineStart = start
        var readEnd = start
        var held = 0
        while readEnd - start < Int64(limit) {
            let room = UnsafeMutableRawBufferPointer(
                rebasing: memory[held..<(held + AuditLimits.readBytes)])
            let count = try AuditDisk.read(file, at: readEnd, into: room)
            if count == 0 { break }
            readEnd += Int64(count)
            let filled = UnsafeRawBufferPointer(rebasing: memory[..<(held + count)])
            let used = split(filled, knownClean: held, lineStart: &lineStart, readEnd, body)
            // Of a line that is too long only the beginning is kept: enough to say so.
            held = min(filled.count - used, AuditLimits.lineBytesMax + 1)
            let rest = UnsafeRawBufferPointer(rebasing: filled[used..<(used + held)])
            if used > 0, held > 0 {
                UnsafeMutableRawBufferPointer(rebasing: memory[..<held]).copyMemory(from: rest)
            }
        }
        return readEnd - lineStart
    }

    /// Calls `body` with each whole line; how many bytes they have together.
    private static func split(
        _ bytes: UnsafeRawBufferPointer, knownClean: Int, lineStart: inout Int64,
        _ readEnd: Int64, _ body: (UnsafeRawBufferPointer, Int64) -> Void
    ) -> Int {
        var used = 0
        var searched = knownClean
        while let end = Newline.first(in: bytes, from: searched) {
            let length = min(end - used, AuditLimits.lineBytesMax + 1)
            body(UnsafeRawBufferPointer(rebasing: bytes[used..<(used + length)]), lineStart)
            used = end + 1
            searched = used
            lineStart = readEnd - Int64(bytes.count - used)
        }
        return used
    }
}
