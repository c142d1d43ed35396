import Sodium
import VaultSeal

#if canImport(Glibc)
    import Glibc
#endif

/// A directory in which prunes are tried: an archive there has the end and the size of a real one,
/// and a hole between.
struct ArchiveShelf {
    private let opened: OpenedChain
    private let directory: String
    /// The names of the chain's archives.
    private let chainNames: Set<String>

    /// Lays the chain's archives out.
    init(of opened: OpenedChain, in directory: String) throws(BackupError) {
        self.opened = opened
        self.directory = directory
        var names: Set<String> = []
        for (number, file) in opened.chain.files.enumerated() {
            let name = "real\(number).vab"
            names.insert(name)
            try Self.write(file.footer, of: file, to: directory + "/" + name)
        }
        chainNames = names
    }

    private static func write(
        _ footer: ArchiveFooter, of file: ArchiveFile, to path: String
    ) throws(BackupError) {
        let descriptor = try ScratchFiles.create(path)
        defer { close(descriptor) }
        let prefix = try file.read(at: 0, count: ArchiveFormat.prefixCount)
        try ScratchFiles.append(prefix[...], to: descriptor, path)
        guard ftruncate(descriptor, off_t(footer.contentBytes)) == 0,
            lseek(descriptor, 0, SEEK_END) >= 0
        else { throw ScratchFiles.failure("write", path) }
        try ScratchFiles.append(footer.encode()[...], to: descriptor, path)
    }

    /// Adds full archives that nobody made, `interval` milliseconds apart, each newer than
    /// everything before. Signed, they are what somebody makes who has taken the vault over.
    func flood(
        _ count: Int, every interval: Int64, isSigned: Bool
    ) throws(BackupError) {
        let newest = opened.chain.last
        let none = [UInt8](repeating: 0, count: ArchiveHash.count)
        for number in 1...count {
            var footer = newest.footer
            footer.identity.archiveID = Random.bytes(count: ArchiveIdentity.archiveIDCount)
            footer.identity.sequence += UInt64(number)
            footer.identity.created += Int64(number) * interval
            footer.identity.afterRevision = -1
            footer.identity.parent = none
            footer.digest = Random.bytes(count: ArchiveHash.count)
            footer.contentBytes = UInt64(ArchiveFormat.prefixCount)
            footer.signature = try signature(of: footer, isSigned: isSigned)
            try Self.write(footer, of: newest, to: directory + "/false\(number).vab")
        }
    }

    private func signature(
        of footer: ArchiveFooter, isSigned: Bool
    ) throws(BackupError) -> [UInt8] {
        guard isSigned else { return Random.bytes(count: ArchiveKeys.signatureCount) }
        do throws(SealError) {
            return try opened.keyring.live.archiveKeys().sign(
                footer.signedBytes, parent: footer.identity.keyNumber
            ).signature
        } catch { throw .inconclusive("a control could not be made: \(error.text)") }
    }

    // MARK: - Pruning

    typealias Planner = (PruneInput) throws(BackupError) -> PrunePlan

    /// Plans and prunes once. `leaked` says that something was removed, or marked.
    func prune(
        by plan: Planner, _ change: (inout PruneInput) -> Void
    ) throws(BackupError) -> ControlObservation {
        let before = try ScratchFiles.names(in: directory)
        let code = run(plan, change)
        return .ended(exitCode: code, leaked: try ScratchFiles.names(in: directory) != before)
    }

    /// Marks, waits for the grace period, and removes. `leaked` says that a real archive is gone.
    func pruneTwice(
        by plan: Planner, _ change: (inout PruneInput) -> Void
    ) throws(BackupError) -> ControlObservation {
        let before = try ScratchFiles.names(in: directory).count
        var code = run(plan, change)
        if code == 0 {
            code = run(plan) { input in
                change(&input)
                input.now += input.limits.grace
            }
        }
        let after = Set(try ScratchFiles.names(in: directory))
        guard code != 0 || after.count < before else { return .notRun("nothing was pruned") }
        return .ended(exitCode: code, leaked: !chainNames.isSubset(of: after))
    }

    private func run(_ plan: Planner, _ change: (inout PruneInput) -> Void) -> Int32 {
        do throws(BackupError) {
            let files = try DirectoryFiles.open(directory)
            var archives: [ArchiveFile] = []
            for name in try ScratchFiles.names(in: directory) where name.hasSuffix(".vab") {
                archives.append(try ArchiveFile(path: directory + "/" + name))
            }
            var input = PruneInput(archives)
            input.marks = try PruneMarks.read(in: files)
            change(&input)
            try Pruner.run(try plan(input), now: input.now, in: files)
            return 0
        } catch { return error.exitCode }
    }
}
