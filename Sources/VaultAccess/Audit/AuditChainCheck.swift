import VaultSeal

/// The rules of verification, without files: is handed every line in order and names what does
/// not belong. One change makes one problem: what a line that does not fit is, the line after it
/// tells, and the chain is then gone on with.
///
///     1 2 4 5      4: two lines back it fits nowhere; 5 follows from 4   ->  3 was removed
///     1 2 3' 4     4 follows from what 3' claims to be                   ->  3 was edited
///     1 2 x 3 4    3 follows from 2                                      ->  x was inserted
///     1 3 2 4      2 follows from 1, 3 from 2, 4 from 3                  ->  3 was moved
struct AuditChainCheck: ~Copyable {
    /// Where a line stands.
    struct Place: Hashable {
        var file: Int
        var line: Int
    }

    /// What the next line is expected to follow: none is anything.
    struct Hashes {
        var first: AuditHash?
        var second: AuditHash?
        var isUnknown: Bool { first == nil && second == nil }
    }

    /// A line that did not fit.
    struct Pending {
        var place: Place
        var sequence: UInt64?
        /// What was expected in its place.
        var expected: UInt64
        var previous: Hashes
        /// What a line after it may follow from.
        var own: Hashes
        var isRepeated: Bool
        var isOverlong: Bool
        /// The line itself, when it may turn up to be from further on.
        var bytes: [UInt8]
    }

    /// Missing lines that may still turn up.
    struct Gap {
        var missing: ClosedRange<UInt64>
        var previous: Hashes
        var place: Place
        var kind: AuditProblem.Kind
    }

    let keys: AuditKeys?
    /// Which pair of the keys the last MAC was made with: a change of the root key makes a new one,
    /// and whoever has an old root key must not write lines after it.
    private var keyPair = 0
    var findings: AuditFindings
    /// The next line's number; nil before the first line.
    var expected: UInt64?
    var previous = Hashes()
    var pending: Pending?
    var gaps: [Gap] = []
    /// Lines that came too early.
    var early: [Pending] = []
    var recent = AuditRecentLines()
    /// Whether lines must have a MAC; nil when that is not known.
    var isUnsealed: Bool?
    /// The last good line was that of a finished file.
    private(set) var isFinished = false
    var scratch = LineBuffer(capacity: 4096)
    /// Whether the next line is the first of its file.
    private var isFirstOfFile = true
    private var lineInFile = 0

    init(keys: AuditKeys?, files: [String]) {
        self.keys = keys
        findings = AuditFindings(files: files, isAuthenticated: keys != nil)
    }

    var place: Place { Place(file: findings.file, line: lineInFile) }

    mutating func beginFile(_ index: Int) {
        findings.file = index
        isFirstOfFile = true
        lineInFile = 0
    }

    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        let line = AuditLine(bytes, readsMAC: keys != nil)
        lineInFile += 1
        findings.report.lineCount += 1
        if pending != nil { resolve(before: line) }
        let isFirst = isFirstOfFile
        isFirstOfFile = false
        if isFirst, takeFirst(line) { return }
        // After a first line that could not be read, the second is taken as it comes.
        if expected == nil { expected = line.sequence }
        guard bytes.count < AuditLimits.lineBytesMax, let sequence = line.sequence,
            let hash = line.hash, let expected
        else { return suspect(line, bytes) }
        if sequence == expected, follows(line, hash, previous) { return accept(line, bytes) }
        if fillsGap(line, sequence, hash) { return }
        suspect(line, bytes)
    }

    /// Whether a line with this hash follows one of these. Of what is unknown everything does.
    mutating func follows(_ line: AuditLine, _ hash: AuditHash, _ hashes: Hashes) -> Bool {
        if hashes.isUnknown { return true }
        if let first = hashes.first, line.computedHash(after: first, &scratch) == hash {
            return true
        }
        guard let second = hashes.second else { return false }
        return line.computedHash(after: second, &scratch) == hash
    }

    /// A line that belongs where it stands.
    private mutating func accept(_ line: AuditLine, _ bytes: UnsafeRawBufferPointer) {
        guard let sequence = line.sequence, let hash = line.hash else { return }
        step(over: sequence, hash)
        inspect(line, bytes)
        if !early.isEmpty { absorbEarly() }
    }

    mutating func step(over sequence: UInt64, _ hash: AuditHash) {
        recent.add(sequence, hash)
        findings.saw(sequence)
        expected = sequence + 1
        previous = Hashes(first: hash)
    }

    /// What is to be said about a line besides its place in the chain.
    mutating func inspect(_ line: AuditLine, _ bytes: UnsafeRawBufferPointer) {
        isFinished = false
        let event = line.isEvent ? line.event : nil
        switch event {
        case "opened": isUnsealed = !line.isTrue("sealed")
        case "started": isUnsealed = false
        case "unsealed": isUnsealed = true
        case "rotated": isFinished = true
        default: break
        }
        checkMAC(line)
        if event == "opened" || event == "started" {
            findings.hasStartedSinceMAC = isUnsealed == false
        }
        if event == "sealed" { isUnsealed = false }
        if !JSONCheck.isObject(bytes) { findings.add(.notJSON, place, line.sequence) }
        if event != nil { findings.noteIncident(line, place) }
    }

    private mutating func checkMAC(_ line: AuditLine) {
        findings.countMAC(line)
        guard let keys, let hash = line.hash else { return }
        guard let mac = line.mac else {
            if isUnsealed == true { findings.add(.missingMAC, place, line.sequence) }
            return
        }
        let isRight = hash.withBytes { keys.isMAC(mac, of: $0, from: &keyPair) }
        if !isRight { findings.add(.wrongMAC, place, line.sequence) }
    }

    /// A line that does not fit: what it is, the next one tells.
    private mutating func suspect(_ line: AuditLine, _ bytes: UnsafeRawBufferPointer) {
        var own = Hashes(first: line.hash)
        if let before = previous.first {
            own.second = line.computedHash(after: before, &scratch)
        }
        let mayBeEarly = (line.sequence ?? 0) > (expected ?? .max) && line.hash != nil
        pending = Pending(
            place: place, sequence: line.sequence, expected: expected ?? line.sequence ?? 1,
            previous: previous, own: own,
            isRepeated: isRepeated(line),
            isOverlong: bytes.count >= AuditLimits.lineBytesMax,
            bytes: mayBeEarly ? Array(bytes) : [])
    }

    /// Whether this very line was there a while ago: it still follows from the one before it.
    private mutating func isRepeated(_ line: AuditLine) -> Bool {
        guard let sequence = line.sequence, let hash = line.hash, recent.has(sequence, hash),
            let before = recent.hash(sequence - 1)
        else { return false }
        return line.computedHash(after: before, &scratch) == hash
    }
}
