/// Reads an audit log from its last lines on, whatever its files are called meanwhile.
struct LogTail: ~Copyable {
    /// What reading came to.
    enum Step: Equatable {
        /// Lines, in order.
        case lines([[UInt8]])
        /// Nothing new.
        case nothing
        /// Something that whoever reads has to know.
        case note(String)
    }

    /// The path of the current file.
    private let path: String
    private var file: LogFile
    private var offset = 0
    private var splitter = LineSplitter()

    init(_ path: String) throws(CommandFailure) {
        self.path = path
        file = try LogFile(path)
    }

    /// The last lines that are wanted, in order; from then on `next` goes on behind them.
    mutating func last(
        _ count: Int, where isWanted: ([UInt8]) -> Bool
    ) throws(CommandFailure) -> [[UInt8]] {
        var found: [[UInt8]] = []
        offset = try Self.collect(&found, count, from: file, isWanted)
        let logs = try RotatedLogs(of: path)
        for older in logs.before(try file.identity()) where found.count < count {
            _ = try Self.collect(&found, count, from: LogFile(older.path), isWanted)
        }
        return found.reversed()
    }

    /// What was written since.
    mutating func next() throws(CommandFailure) -> Step {
        if let lines = try newLines() { return .lines(lines) }
        let identity = try file.identity()
        guard let current = LogFile.identity(at: path) else {
            // Between the two steps of a rotation, or removed; both show soon.
            return .nothing
        }
        guard current != identity else {
            let size = try file.size()
            guard size < offset else { return .nothing }
            offset = size
            splitter = LineSplitter()
            return .note("the log was cut short: see 'vaultctl audit status'")
        }
        // Once more: what was written until the file got its new name.
        if let lines = try newLines() { return .lines(lines) }
        return try goOn(after: identity)
    }

    /// Opens the file that follows one.
    private mutating func goOn(after identity: FileIdentity) throws(CommandFailure) -> Step {
        var next: LogFile
        do throws(CommandFailure) {
            next = try LogFile(path)
        } catch {
            // The next rotation is under way.
            guard LogFile.identity(at: path) != nil else { return .nothing }
            throw error
        }
        // After the current one was opened: another rotation before that shows here.
        let successor = try RotatedLogs(of: path).successor(of: identity)
        if case .file(let path) = successor { next = try LogFile(path) }
        file = next
        offset = 0
        splitter = LineSplitter()
        guard successor != .currentAfterLoss else {
            return .note(
                "the file of the log that was read is gone; going on with the current one")
        }
        return try newLines().map(Step.lines) ?? .nothing
    }

    /// Complete lines from here on; nil when there are none.
    private mutating func newLines() throws(CommandFailure) -> [[UInt8]]? {
        while true {
            let bytes = try file.read(from: offset)
            guard !bytes.isEmpty else { return nil }
            offset += bytes.count
            let lines = try splitter.take(bytes)
            if !lines.isEmpty { return lines }
        }
    }

    /// Adds wanted lines of a file, last first. Returns where its last line ends.
    private static func collect(
        _ found: inout [[UInt8]], _ count: Int, from file: borrowing LogFile,
        _ isWanted: ([UInt8]) -> Bool
    ) throws(CommandFailure) -> Int {
        var backward = BackwardLines(size: try file.size())
        while backward.offset > 0, found.count < count || backward.end == nil {
            let lines = try backward.take(file.read(upTo: backward.offset))
            for line in lines where found.count < count && isWanted(line) { found.append(line) }
        }
        return backward.end ?? 0
    }
}
