/// Every state that a power cut may leave of what was done to a directory, and which of them break
/// the promise of publishing.
///
/// Between two fsyncs of a file none, half or all of its new bytes are on the disk; of the changes
/// of names since the directory's last fsync, the first few are, in order. (Weaker than ALICE's
/// model, and stricter than ext4: a new name is not taken to be durable with its file's fsync.)
struct CrashStates {
    /// States looked at.
    private(set) var count = 0
    /// One sentence for each state that breaks the promise.
    private(set) var violations: [String] = []

    private let name: String
    private let whole: [UInt8]
    private let before: [UInt8]?
    private let operations: [DiskOperation]

    private struct File {
        var written: [UInt8] = []
        var durable: [UInt8] = []

        mutating func synchronize() { durable = written }

        /// What may be left of it.
        var possible: [[UInt8]] {
            guard written.count > durable.count else { return [written] }
            let half = durable.count + (written.count - durable.count) / 2
            return [durable, Array(written[..<half]), written]
        }
    }

    /// - Parameters:
    ///   - name: the final name, which must hold `before` (nil: not exist) or `whole`; `whole`
    ///     once it was acknowledged.
    init(
        of operations: [DiskOperation], publishing whole: [UInt8], as name: String,
        before: [UInt8]? = nil
    ) {
        self.operations = operations
        self.name = name
        self.whole = whole
        self.before = before
        for end in 0...operations.count { check(operations[..<end]) }
    }

    private mutating func check(_ done: ArraySlice<DiskOperation>) {
        // File -1 is what had the name before.
        var files: [Int: File] = [:]
        var durableNames: [String: Int] = [:]
        if let before {
            files[-1] = File(written: before, durable: before)
            durableNames[name] = -1
        }
        var pending: [DiskOperation] = []
        var isAcknowledged = false
        for operation in done {
            switch operation {
            case .create(let file, _):
                files[file] = File()
                pending.append(operation)
            case .write(let file, let bytes): files[file]?.written += bytes
            case .synchronize(let file): files[file, default: File()].synchronize()
            case .rename, .remove: pending.append(operation)
            case .synchronizeDirectory:
                for change in pending { Self.apply(change, to: &durableNames) }
                pending = []
            case .acknowledge: isAcknowledged = true
            }
        }
        for survivors in 0...pending.count {
            var names = durableNames
            for change in pending[..<survivors] { Self.apply(change, to: &names) }
            let contents: [[UInt8]?] = names[name].flatMap { files[$0]?.possible } ?? [nil]
            for content in contents {
                count += 1
                if content == whole || (content == before && !isAcknowledged) { continue }
                let what = content.map { "\($0.count) of \(whole.count) bytes" } ?? "nothing"
                violations.append(
                    "after \(done.count) of \(operations.count) steps, of \(pending.count) "
                        + "names \(survivors): \(what)")
            }
        }
    }

    private static func apply(_ change: DiskOperation, to names: inout [String: Int]) {
        switch change {
        case .create(let file, let name): names[name] = file
        case .rename(let from, let to): names[to] = names.removeValue(forKey: from)
        case .remove(let name): names[name] = nil
        case .write, .synchronize, .synchronizeDirectory, .acknowledge: break
        }
    }
}
