public import VaultSeal

import Sodium

#if canImport(Glibc)
    import Glibc
#endif

/// Breaks copies of a backup in every way that a backup can be broken, and looks whether each is
/// refused for what it is, with nothing restored. A drill whose controls pass proves nothing.
public struct NegativeControls {
    /// The controls that every hostile drill must run, by their names before a "/".
    static let required: Set<String> = [
        "N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "N9", "N10", "N15", "N17", "N18",
    ]

    /// Those that can be run on this backup: one without any record has none to repeat.
    public static func required(for chain: ArchiveChain) -> Set<String> {
        let hasRecords = chain.files.contains { $0.footer.recordCount > 0 }
        return hasRecords ? required : required.subtracting(["N18"])
    }

    let opened: OpenedChain
    /// A private directory, for copies and targets.
    let scratch: String
    let seed: Int64
    /// Told the name of each control before it runs.
    let progress: (String) -> Void
    private(set) var outcomes: [ControlOutcome] = []
    private var random: ControlRandom
    private var number = 0

    public init(
        _ opened: OpenedChain, in scratch: String, seed: Int64,
        progress: @escaping (String) -> Void = { _ in }
    ) {
        self.opened = opened
        self.scratch = scratch
        self.seed = seed
        self.progress = progress
        random = ControlRandom(seed: UInt64(bitPattern: seed))
    }

    private var files: [String] { opened.chain.files.map(\.path) }
    private var newest: ArchiveFile { opened.chain.last }

    /// Runs all of them; `credential` is the one that has opened the chain.
    ///
    /// - Parameters:
    ///   - highestSeen: the highest number of an archive that was seen here before.
    ///   - ageMax: how old the newest archive may be, milliseconds.
    public mutating func run(
        with credential: borrowing Credential, highestSeen: UInt64, ageMax: Int64
    ) -> [ControlOutcome] {
        flips(credential)
        truncations(credential)
        missing(credential)
        foreign(credential)
        keys()
        stale(highestSeen: highestSeen, ageMax: ageMax)
        lies(credential)
        targets(credential)
        return outcomes
    }

    // MARK: - One control

    private mutating func control(
        _ name: String, expected: Set<Int32>,
        _ body: (_ directory: String) throws(BackupError) -> ControlObservation?
    ) {
        progress(name)
        number += 1
        let directory = scratch + "/control\(number)"
        var observed: ControlObservation
        do throws(BackupError) {
            try ScratchFiles.makeDirectory(directory)
            guard let seen = try body(directory) else {
                ScratchFiles.remove(directory)
                return
            }
            observed = seen
        } catch {
            observed = .notRun(error.message)
        }
        ScratchFiles.remove(directory)
        outcomes.append(ControlOutcome(name, seed: seed, expected: expected, observed: observed))
    }

    /// The chain with other bytes in the place of its newest archive.
    private func withNewest(
        _ bytes: [UInt8], in directory: String
    ) throws(BackupError) -> [String] {
        let path = directory + "/" + newest.name
        try ScratchFiles.write(bytes, to: path)
        return files.dropLast() + [path]
    }

    private mutating func trial(
        _ name: String, expected: Set<Int32>, by path: RestoreTrial.Path = .records,
        _ credential: borrowing Credential,
        _ change: (inout [UInt8]) -> Void
    ) {
        let (files, newest) = (files, newest)
        progress(name)
        number += 1
        let directory = scratch + "/control\(number)"
        var observed: ControlObservation
        do throws(BackupError) {
            try ScratchFiles.makeDirectory(directory)
            var bytes = try ScratchFiles.read(newest.path)
            change(&bytes)
            let copy = directory + "/" + newest.name
            try ScratchFiles.write(bytes, to: copy)
            observed = RestoreTrial.run(
                files.dropLast() + [copy], with: credential, into: directory + "/target",
                by: path)
        } catch { observed = .notRun(error.message) }
        ScratchFiles.remove(directory)
        outcomes.append(ControlOutcome(name, seed: seed, expected: expected, observed: observed))
    }

    // MARK: - The controls

    private mutating func flips(_ credential: borrowing Credential) {
        let header = opened.newestHeaderBytes
        let footer = Int(newest.footer.contentBytes)
        let places: [(String, Range<Int>)] = [
            ("N1", header + 8..<footer), ("N2/header", 16..<ArchiveFormat.prefixCount + 64),
            ("N2/keyring", 200..<max(header - 40, 201)), ("N2/footer", footer + 16..<footer + 200),
            ("N2/signature", newest.signatureRange),
        ]
        for (name, range) in places {
            let place = range.lowerBound + random.below(range.count)
            let bit = UInt8(1) << UInt8(random.below(8))
            trial("\(name)/records", expected: [13], credential) { $0[place] ^= bit }
            trial("\(name)/bytes", expected: [13], by: .bytes, credential) { $0[place] ^= bit }
        }
    }

    private mutating func truncations(_ credential: borrowing Credential) {
        trial("N3/byte", expected: [13], credential) { $0.removeLast() }
        trial("N3/half", expected: [13], credential) { $0.removeLast($0.count / 2) }
        trial("N3/empty", expected: [13], credential) { $0.removeAll() }
    }

    private mutating func missing(_ credential: borrowing Credential) {
        // The end of an archive is its entry in the catalogue.
        trial("N4/entry", expected: [13], credential) {
            $0.removeLast(ArchiveFooter.byteCount)
        }
        trial("N17", expected: [24], credential) {
            $0[8] = UInt8(ArchiveFormat.versionWithAudit) + 1
        }
        trial("N5", expected: [13], credential) { $0 += Array("something else".utf8) }
        guard files.count > 1 else { return }
        let rest = Array(files.dropFirst())
        let target = scratch + "/target"
        progress("N4/first")
        outcomes.append(
            ControlOutcome(
                "N4/first", seed: seed, expected: [14],
                observed: RestoreTrial.run(rest, with: credential, into: target, by: .records)))
    }

    private mutating func foreign(_ credential: borrowing Credential) {
        let header = opened.newestHeaderBytes
        trial("N6/frames", expected: [13], credential) { bytes in
            // The first frame's ciphertext where another's belongs: its number is in its nonce.
            let first = header + 8
            guard bytes.count > first + 96 else { return }
            let end = Int(bytes.count) - ArchiveFooter.byteCount
            let part = Array(bytes[first..<(first + 32)])
            bytes.replaceSubrange((end - 32)..<end, with: part)
        }
        let files = files
        let outcome = Self.foreignVault(scratch, files, credential)
        progress("N6/vault")
        outcomes.append(
            ControlOutcome("N6/vault", seed: seed, expected: [12, 13, 14], observed: outcome))
    }

    private static func foreignVault(
        _ scratch: String, _ files: [String], _ credential: borrowing Credential
    ) -> ControlObservation {
        let directory = scratch + "/foreign"
        defer { ScratchFiles.remove(directory) }
        do throws(BackupError) {
            let path = try ForeignVault.archive(in: directory)
            return RestoreTrial.run(
                [path] + files.dropFirst(), with: credential, into: scratch + "/target",
                by: .records)
        } catch { return .notRun(error.message) }
    }

    private mutating func keys() {
        let (files, target) = (files, scratch + "/target")
        control("N7/recovery-key", expected: [12]) { _ throws(BackupError) in
            try Self.tryKey(files, target) { (bytes) throws(SealError) in
                try .recoveryKey(wiping: &bytes)
            }
        }
        control("N7/keyfile", expected: [12]) { _ throws(BackupError) in
            try Self.tryKey(files, target) { (bytes) throws(SealError) in
                try .keyfile(wiping: &bytes)
            }
        }
    }

    private static func tryKey(
        _ files: [String], _ target: String,
        _ make: (inout [UInt8]) throws(SealError) -> Credential
    ) throws(BackupError) -> ControlObservation {
        var bytes = Random.bytes(count: 32)
        do throws(SealError) {
            let wrong = try make(&bytes)
            return RestoreTrial.run(files, with: wrong, into: target, by: .records)
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

    private static func ended(_ body: () throws(BackupError) -> Void) -> ControlObservation {
        do throws(BackupError) {
            try body()
            return .ended(exitCode: 0, leaked: false)
        } catch { return .ended(exitCode: error.exitCode, leaked: false) }
    }

    private mutating func lies(_ credential: borrowing Credential) {
        lie("N10/state-hash", .stateHash, expected: [17], credential)
        lie("N10/record", .droppedRecord, expected: [17], credential)
        lie("N10/access", .droppedAccess, expected: [17], credential)
        lie("N18", .repeatedRecord, expected: [13], credential)
    }

    private mutating func lie(
        _ name: String, _ lie: ArchiveForger.Lie, expected: Set<Int32>,
        _ credential: borrowing Credential
    ) {
        progress(name)
        number += 1
        let directory = scratch + "/control\(number)"
        defer { ScratchFiles.remove(directory) }
        var observed: ControlObservation
        do throws(BackupError) {
            try ScratchFiles.makeDirectory(directory)
            let path = directory + "/" + newest.name
            let forger = ArchiveForger(opened)
            guard let index = forger.fileIndex(for: lie), try forger.forge(lie, to: path) else {
                return
            }
            observed = RestoreTrial.run(
                files[..<index] + [path], with: credential, into: directory + "/target",
                by: .records)
        } catch { observed = .notRun(error.message) }
        outcomes.append(ControlOutcome(name, seed: seed, expected: expected, observed: observed))
    }

    private mutating func targets(_ credential: borrowing Credential) {
        progress("N15/not-empty")
        number += 1
        let directory = scratch + "/control\(number)"
        defer { ScratchFiles.remove(directory) }
        var observed: ControlObservation
        do throws(BackupError) {
            try ScratchFiles.makeDirectory(directory)
            try ScratchFiles.write([1], to: directory + "/somebody's")
            var code: Int32 = 0
            do throws(BackupError) {
                _ = try Restore.run(opened, into: directory)
            } catch { code = error.exitCode }
            observed = .ended(
                exitCode: code, leaked: ScratchFiles.names(in: directory) != ["somebody's"])
        } catch { observed = .notRun(error.message) }
        outcomes.append(
            ControlOutcome("N15/not-empty", seed: seed, expected: [21], observed: observed))
    }
}
