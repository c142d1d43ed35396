import Sodium
public import VaultSeal

#if canImport(Glibc)
    import Glibc
#endif

/// Breaks copies of a backup in every way that a backup can be broken, starves and kills restores
/// of it, and looks whether each is refused for what it is, with nothing restored. A drill whose
/// controls pass proves nothing.
///
/// Archives are copied, and never held in memory: one block of 1 MiB, or one frame of at most
/// 16.3 MiB, at a time.
public struct NegativeControls {
    /// The controls that every hostile drill must run, by their names before a "/".
    static let required: Set<String> = [
        "N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "N9", "N10", "N13", "N14", "N15", "N16",
        "N17", "N18", "N19",
    ]

    /// Those that can be run on this backup: one without any record has none to repeat.
    public static func required(for chain: ArchiveChain) -> Set<String> {
        let hasRecords = chain.files.contains { $0.footer.recordCount > 0 }
        return hasRecords ? required : required.subtracting(["N18"])
    }

    let opened: OpenedChain
    let key: CredentialBox
    let program: RestoreProgram
    /// A private directory, for copies and targets.
    let scratch: String
    let seed: Int64
    /// Told the name of each control before it runs.
    let progress: (String) -> Void
    /// How prunes are decided: another way in tests of the controls themselves.
    var plan: (PruneInput) throws(BackupError) -> PrunePlan = { (input) throws(BackupError) in
        try PrunePlan(input)
    }
    private(set) var outcomes: [ControlOutcome] = []
    /// What was done at several points of a restore.
    public internal(set) var faults: [DrillReport.Fault] = []
    var random: ControlRandom
    private var number = 0

    /// - Parameters:
    ///   - credential: the one that has opened the chain.
    ///   - program: what restores the same archives with the same key.
    public init(
        _ opened: OpenedChain, with credential: consuming Credential, program: RestoreProgram,
        in scratch: String, seed: Int64, progress: @escaping (String) -> Void = { _ in }
    ) {
        self.opened = opened
        key = CredentialBox(credential)
        self.program = program
        self.scratch = scratch
        self.seed = seed
        self.progress = progress
        random = ControlRandom(seed: UInt64(bitPattern: seed))
    }

    var files: [String] { opened.chain.files.map(\.path) }
    var newest: ArchiveFile { opened.chain.last }

    /// Runs all of them.
    ///
    /// - Parameters:
    ///   - highestSeen: the highest number of an archive that was seen here before.
    ///   - ageMax: how old the newest archive may be, milliseconds.
    public mutating func run(highestSeen: UInt64, ageMax: Int64) -> [ControlOutcome] {
        flips()
        truncations()
        missing()
        foreign()
        keys()
        stale(highestSeen: highestSeen, ageMax: ageMax)
        lies()
        starvedAndKilled()
        targets()
        clocks()
        floods()
        return outcomes
    }

    // MARK: - One control

    /// Runs `body` in a directory of its own; nil when there is nothing to break in that way.
    mutating func control(
        _ name: String, expected: Set<Int32>,
        _ body: (_ directory: String) throws(BackupError) -> ControlObservation?
    ) {
        progress(name)
        number += 1
        let directory = scratch + "/control\(number)"
        var observed: ControlObservation?
        do throws(BackupError) {
            try ScratchFiles.makeDirectory(directory)
            observed = try body(directory)
        } catch { observed = .notRun(error.message) }
        ScratchFiles.remove(directory)
        guard let observed else { return }
        outcomes.append(ControlOutcome(name, seed: seed, expected: expected, observed: observed))
    }

    /// A restore from the chain, in which the newest archive is a copy that was changed.
    private mutating func trial(
        _ name: String, expected: Set<Int32>, by path: RestoreTrial.Path = .records,
        _ edits: FileEdit...
    ) {
        let (files, newest, key) = (files, newest, key)
        control(name, expected: expected) { (directory) throws(BackupError) in
            let copy = directory + "/" + newest.name
            try ScratchFiles.copy(newest.path, to: copy, with: edits)
            return RestoreTrial.run(
                files.dropLast() + [copy], with: key.credential, into: directory + "/target",
                by: path)
        }
    }

    /// What a check that is expected to refuse says.
    private static func ended(_ body: () throws(BackupError) -> Void) -> ControlObservation {
        do throws(BackupError) {
            try body()
            return .ended(exitCode: 0, leaked: false)
        } catch { return .ended(exitCode: error.exitCode, leaked: false) }
    }

    // MARK: - The controls

    private mutating func flips() {
        let header = opened.newestHeaderBytes
        let footer = Int(newest.footer.contentBytes)
        let places: [(String, Range<Int>)] = [
            ("N1", header + 8..<footer), ("N2/header", 16..<ArchiveFormat.prefixCount + 64),
            ("N2/keyring", 200..<max(header - 40, 201)), ("N2/footer", footer + 16..<footer + 200),
            ("N2/signature", newest.signatureRange),
        ]
        for (name, range) in places {
            let place = Int64(range.lowerBound + random.below(range.count))
            let bit = UInt8(1) << UInt8(random.below(8))
            trial("\(name)/records", expected: [13], .flip(at: place, mask: bit))
            trial("\(name)/bytes", expected: [13], by: .bytes, .flip(at: place, mask: bit))
        }
    }

    private mutating func truncations() {
        let size = newest.byteCount
        trial("N3/byte", expected: [13], .cut(to: size - 1))
        trial("N3/half", expected: [13], .cut(to: size - size / 2))
        trial("N3/empty", expected: [13], .cut(to: 0))
    }

    private mutating func missing() {
        // The end of an archive is its entry in the catalogue.
        trial(
            "N4/entry", expected: [13],
            .cut(to: newest.byteCount - Int64(ArchiveFooter.byteCount)))
        trial("N17", expected: [24], .put([UInt8(ArchiveFormat.versionWithAudit) + 1], at: 8))
        trial("N5", expected: [13], .append(Array("something else".utf8)))
        guard files.count > 1 else { return }
        let (rest, key) = (Array(files.dropFirst()), key)
        control("N4/first", expected: [14]) { (directory) throws(BackupError) in
            RestoreTrial.run(
                rest, with: key.credential, into: directory + "/target", by: .records)
        }
    }

    private mutating func foreign() {
        let (files, newest, key) = (files, newest, key)
        let first = Int64(opened.newestHeaderBytes + 8)
        control("N6/frames", expected: [13]) { (directory) throws(BackupError) in
            // The first frame's ciphertext where another's belongs: its number is in its nonce.
            let end = newest.byteCount - Int64(ArchiveFooter.byteCount)
            guard end > first + 96 else { return nil }
            let copy = directory + "/" + newest.name
            let part = try newest.read(at: first, count: 32)
            try ScratchFiles.copy(newest.path, to: copy, with: [.put(part, at: end - 32)])
            return RestoreTrial.run(
                files.dropLast() + [copy], with: key.credential, into: directory + "/target",
                by: .records)
        }
        control("N6/vault", expected: [12, 13, 14]) { (directory) throws(BackupError) in
            let path = try ForeignVault.archive(in: directory + "/foreign")
            return RestoreTrial.run(
                [path] + files.dropFirst(), with: key.credential, into: directory + "/target",
                by: .records)
        }
    }

    private mutating func keys() {
        let files = files
        control("N7/recovery-key", expected: [12]) { (directory) throws(BackupError) in
            try Self.tryKey(files, directory) { (bytes) throws(SealError) in
                try .recoveryKey(wiping: &bytes)
            }
        }
        control("N7/keyfile", expected: [12]) { (directory) throws(BackupError) in
            try Self.tryKey(files, directory) { (bytes) throws(SealError) in
                try .keyfile(wiping: &bytes)
            }
        }
    }

    private static func tryKey(
        _ files: [String], _ directory: String,
        _ make: (inout [UInt8]) throws(SealError) -> Credential
    ) throws(BackupError) -> ControlObservation {
        var bytes = Random.bytes(count: 32)
        do throws(SealError) {
            let wrong = try make(&bytes)
            return RestoreTrial.run(
                files, with: wrong, into: directory + "/target", by: .records)
        } catch { throw .inconclusive("no memory for a key: \(error)") }
    }

    private mutating func stale(highestSeen: UInt64, ageMax: Int64) {
        let footer = newest.footer
        let highest = max(highestSeen, footer.identity.sequence)
        control("N8", expected: [15]) { _ throws(BackupError) in
            // As if one had been here that is gone.
            Self.ended { () throws(BackupError) in
                try BackupAge.checkRollback(footer, highestSeen: highest + 1)
            }
        }
        control("N9", expected: [15]) { _ throws(BackupError) in
            Self.ended { () throws(BackupError) in
                try BackupAge.check(
                    footer, now: footer.identity.created + ageMax + 1, ageMax: ageMax)
            }
        }
    }

    private mutating func lies() {
        lie("N10/state-hash", .stateHash, expected: [17])
        lie("N10/record", .droppedRecord, expected: [17])
        lie("N10/access", .droppedAccess, expected: [17])
        lie("N18", .repeatedRecord, expected: [13])
    }

    private mutating func lie(
        _ name: String, _ lie: ArchiveForger.Lie, expected: Set<Int32>
    ) {
        let (opened, files, newest, key) = (opened, files, newest, key)
        control(name, expected: expected) { (directory) throws(BackupError) in
            let path = directory + "/" + newest.name
            let forger = ArchiveForger(opened)
            guard let index = forger.fileIndex(for: lie), try forger.forge(lie, to: path) else {
                return nil
            }
            return RestoreTrial.run(
                files[..<index] + [path], with: key.credential, into: directory + "/target",
                by: .records)
        }
    }

    private mutating func targets() {
        let opened = opened
        control("N15/not-empty", expected: [21]) { (directory) throws(BackupError) in
            try ScratchFiles.write([1], to: directory + "/somebody's")
            return try Self.refused(opened, directory)
        }
        control("N15/in-use", expected: [21]) { (directory) throws(BackupError) in
            // As a restore that is under way has it.
            try ScratchFiles.write([], to: directory + "/" + RestoreTarget.markName)
            let lock = try ScratchFiles.create(directory + "/LOCK")
            defer { close(lock) }
            guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
                throw ScratchFiles.failure("lock", directory)
            }
            return try Self.refused(opened, directory)
        }
    }

    /// A restore into a directory that it must leave as it is.
    private static func refused(
        _ opened: OpenedChain, _ directory: String
    ) throws(BackupError) -> ControlObservation {
        let before = try ScratchFiles.names(in: directory)
        var code: Int32 = 0
        do throws(BackupError) { _ = try Restore.run(opened, into: directory) } catch {
            code = error.exitCode
        }
        return .ended(exitCode: code, leaked: try ScratchFiles.names(in: directory) != before)
    }
}
