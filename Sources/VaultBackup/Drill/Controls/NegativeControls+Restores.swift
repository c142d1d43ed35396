#if canImport(Glibc)
    import Glibc
#endif

/// Restores that are starved or killed, in processes of their own.
extension NegativeControls {
    /// A whole one, to know what the others are part of.
    private struct WholeRestore {
        var milliseconds: Int64
        /// Of its largest file.
        var fileBytes: Int64
        /// How long others run between two looks at them, microseconds: so that there are some
        /// hundred looks, and short ones do not slip through.
        var slice: UInt32 { UInt32(clamping: max(milliseconds * 1_000 / 400, 100)) }
    }

    /// Restores that are killed, where one takes a second at most; fewer of longer ones.
    private static let killsMax = 20
    private static let killsMin = 5
    /// About so long all of them together may take, milliseconds.
    private static let killsTime: Int64 = 20_000
    /// How often something is tried that may come too late.
    private static let attemptsMax = 10
    private static let storeName = "data.mdb"
    private static let currentName = "CURRENT"

    mutating func starvedAndKilled() {
        let (program, files, key, scratch) = (program, files, key, scratch)
        var whole: WholeRestore?
        let why: String
        do throws(BackupError) {
            whole = try Self.wholeRestore(program, files, key, scratch + "/whole")
            why = ""
        } catch { why = error.message }
        guard let whole else {
            for name in ["N13", "N14"] {
                control(name, expected: [0]) { _ throws(BackupError) in .notRun(why) }
            }
            return
        }
        starved(whole)
        killed(whole)
    }

    private static func wholeRestore(
        _ program: RestoreProgram, _ files: [String], _ key: CredentialBox, _ target: String
    ) throws(BackupError) -> WholeRestore {
        defer { ScratchFiles.remove(target) }
        let start = now()
        let end = try RestoreProcess(program, files, into: target).finish()
        let time = now() - start
        guard end == .exit(0), let bytes = ScratchFiles.size(of: target + "/" + storeName) else {
            throw .inconclusive("a restore by \(program.path) ends with \(end)")
        }
        try RestoredStore.verify(target, with: key)
        return WholeRestore(milliseconds: max(time, 1), fileBytes: bytes)
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    // MARK: - N13

    /// No room for its first byte, somewhere in the middle, for its last one; and a directory that
    /// is gone all at once, so that every call that names it fails.
    private mutating func starved(_ whole: WholeRestore) {
        let middle = 1 + random.below(Int(max(whole.fileBytes - 1, 1)))
        // A write that is cut short shows as EIO (23) in LMDB, one that is refused as EFBIG (20).
        starved("N13/no-space-first", expected: [20], room: 0)
        starved("N13/no-space-middle", expected: [20, 23], room: Int64(middle))
        starved("N13/no-space-last", expected: [20, 23], room: whole.fileBytes - 1)
        let (program, files, slice) = (program, files, whole.slice)
        control("N13/no-directory", expected: [23]) { (directory) throws(BackupError) in
            let (target, away) = (directory + "/target", directory + "/away")
            for _ in 0..<Self.attemptsMax {
                let process = try RestoreProcess(program, files, into: target)
                let ended = process.run(slice: slice) {
                    Stage.name(Self.storeName).isReached(in: target)
                }
                let isInTime = ended == nil && rename(target, away) == 0
                let end = ended ?? process.finish()
                if isInTime, !Stage.name(Self.currentName).isReached(in: away) || end != .exit(0) {
                    let isLeft = ScratchFiles.size(of: target) != nil
                    let isVault = Stage.name(Self.currentName).isReached(in: away)
                    return .ended(exitCode: end.code, leaked: isLeft || isVault)
                }
                ScratchFiles.remove(target)
                ScratchFiles.remove(away)
            }
            return .notRun("every restore was done before its directory was taken away")
        }
    }

    private mutating func starved(_ name: String, expected: Set<Int32>, room: Int64) {
        let (program, files) = (program, files)
        control(name, expected: expected) { (directory) throws(BackupError) in
            let target = directory + "/target"
            let process = try RestoreProcess(program, files, into: target)
            try process.limitFiles(to: room)
            let end = process.finish()
            return .ended(exitCode: end.code, leaked: ScratchFiles.size(of: target) != nil)
        }
    }

    // MARK: - N14

    /// When a restore is killed: what is there by then.
    private enum Stage {
        case name(String)
        case storeBytes(Int64)

        func isReached(in target: String) -> Bool {
            switch self {
            case .name(let name): ScratchFiles.size(of: target + "/" + name) != nil
            case .storeBytes(let bytes):
                ScratchFiles.size(of: target + "/" + storeName) ?? -1 >= bytes
            }
        }
    }

    /// Kills one restore after the other in the same place, and then lets one come to its end.
    private mutating func killed(_ whole: WholeRestore) {
        let count = min(
            Self.killsMax, max(Self.killsMin, Int(Self.killsTime / whole.milliseconds)))
        let stages = (0..<count).map { _ in stage(whole) }
        let (program, files, key) = (program, files, key)
        var fault = DrillReport.Fault()
        (fault.control, fault.points) = ("N14", count)
        control("N14", expected: [0]) { (directory) throws(BackupError) in
            let target = directory + "/target"
            var unfinished = 0
            for stage in stages {
                let process = try RestoreProcess(program, files, into: target)
                let end = process.run(slice: whole.slice) { stage.isReached(in: target) }
                if end == nil {
                    process.kill()
                    unfinished += 1
                } else if let end, end != .exit(0) {
                    return .ended(exitCode: end.code, leaked: false)
                }
                if Stage.name(Self.currentName).isReached(in: target) {
                    // A vault, so it must be a whole one.
                    guard Self.isWhole(target, key) else {
                        return .ended(exitCode: 0, leaked: true)
                    }
                    ScratchFiles.remove(target)
                }
                fault.survived += 1
            }
            guard unfinished > 0 else { return .notRun("no restore was killed before its end") }
            let end = try RestoreProcess(program, files, into: target).finish()
            guard end != .exit(0) || Self.isWhole(target, key) else {
                return .ended(exitCode: -1, leaked: false)
            }
            return .ended(exitCode: end.code, leaked: false)
        }
        faults.append(fault)
    }

    private mutating func stage(_ whole: WholeRestore) -> Stage {
        switch random.below(6) {
        case 0: .name("RESTORING")
        case 1: .name("keyring")
        case 2: .name(Self.storeName)
        default: .storeBytes(Int64(random.below(Int(clamping: whole.fileBytes) + 1)))
        }
    }

    private static func isWhole(_ target: String, _ key: CredentialBox) -> Bool {
        do throws(BackupError) {
            try RestoredStore.verify(target, with: key)
            return true
        } catch { return false }
    }
}
