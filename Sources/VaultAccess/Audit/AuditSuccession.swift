/// Lines of a log as an archive has them: each must follow from the one before, and lines may be
/// missing at the beginning alone.
///
///     41 "opened" (after 40)  42  43   ->  43        the files before line 41 were deleted
///     41 "opened"  42  44              ->  broken at 43
struct AuditSuccession: ~Copyable {
    /// The last line.
    private(set) var point = AuditChain.Point()
    /// Whether there was a line.
    private(set) var hasBegun = false
    private var scratch = LineBuffer(capacity: 4096)

    /// Gets ready for whole lines, the first of which has the number `first`. Returns whether all
    /// before are of no use, since those between them were deleted.
    ///
    /// Throws `.broken` for lines that were there already.
    mutating func expect(_ first: UInt64) throws(AuditError) -> Bool {
        guard first != point.sequence &+ 1 else { return false }
        guard first > point.sequence else {
            throw .broken(AuditTrouble(kind: .appended, from: first))
        }
        let isLoss = hasBegun
        restart(before: first)
        return isLoss
    }

    /// Forgets what was there: the next line is `first`, and says itself what it follows.
    private mutating func restart(before first: UInt64) {
        point = AuditChain.Point(sequence: first - 1, hash: .zero)
        hasBegun = false
    }

    /// Another log, or the same from its beginning.
    mutating func restart() {
        restart(before: 1)
    }

    /// Takes a line. Throws `.broken`, which names it.
    mutating func take(_ line: AuditLine) throws(AuditError) {
        let next = point.sequence &+ 1
        var previous = point.hash
        if !hasBegun, line.event == "opened", let before = line.number("previousSeq"),
            let hash = line.hash("previousHash")
        {
            guard before == next &- 1 else {
                throw .broken(AuditTrouble(kind: .changed, from: next))
            }
            previous = hash
        } else if !hasBegun, next != 1 {
            // Every file begins with a line that says what it follows.
            throw .broken(AuditTrouble(kind: .changed, from: next))
        }
        guard line.sequence == next, let hash = line.hash,
            line.computedHash(after: previous, &scratch) == hash
        else { throw .broken(AuditTrouble(kind: .changed, from: next)) }
        point = AuditChain.Point(sequence: next, hash: hash)
        hasBegun = true
    }

    /// Throws `.broken` unless the last line is this one; `hash` has 32 bytes.
    func checkEnd(sequence: UInt64, hash: [UInt8]) throws(AuditError) {
        let end = AuditChain.Point(
            sequence: sequence, hash: hash.withUnsafeBytes { AuditHash($0) })
        guard point != end else { return }
        if point.sequence < sequence {
            throw .broken(AuditTrouble(kind: .truncated, from: point.sequence + 1))
        }
        if point.sequence > sequence {
            throw .broken(AuditTrouble(kind: .appended, from: sequence + 1))
        }
        throw .broken(AuditTrouble(kind: .replaced, from: sequence))
    }

    /// Splits `lines` at their newlines.
    static func forEach(
        in lines: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer) throws(AuditError) -> Void
    ) throws(AuditError) {
        var rest = lines
        while !rest.isEmpty {
            let end = Newline.first(in: rest, from: 0) ?? rest.count
            try body(UnsafeRawBufferPointer(rebasing: rest[..<end]))
            rest = UnsafeRawBufferPointer(rebasing: rest[min(end + 1, rest.count)...])
        }
    }
}
