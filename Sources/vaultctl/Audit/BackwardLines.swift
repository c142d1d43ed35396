/// Makes lines of a file that is read from its end to its beginning.
///
///     "a\nb\nc"  ->  b, a        c has no end yet; `end` is 4, where c begins
struct BackwardLines {
    /// Where the bytes end that are wanted next; none are when it is 0.
    private(set) var offset: Int
    /// Behind the last line end of the file; nil until it is found.
    private(set) var end: Int?
    /// The beginning of what was read, whose line begins further ahead.
    private var head: [UInt8] = []

    init(size: Int) {
        offset = size
    }

    /// The lines that the bytes complete, last first. The bytes end at `offset`.
    mutating func take(_ bytes: [UInt8]) throws(CommandFailure) -> [[UInt8]] {
        let start = offset - bytes.count
        var text = bytes[...]
        if end == nil {
            guard let newline = bytes.lastIndex(of: 0x0A) else {
                offset = start
                if start == 0 { end = 0 }
                return []
            }
            end = start + newline + 1
            text = bytes[..<newline]
        }
        offset = start
        var pieces = text.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard pieces.count > 1 else {
            head = text + head
            guard head.count <= LineSplitter.lineBytesMax else { throw LineSplitter.tooLong }
            return start == 0 ? [head] : []
        }
        var lines = [Array(pieces.removeLast()) + head]
        head = Array(pieces.removeFirst())
        lines += pieces.reversed().map(Array.init)
        if start == 0 { lines.append(head) }
        return lines
    }
}
