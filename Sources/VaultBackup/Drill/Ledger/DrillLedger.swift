import Glibc

/// The record of all drills: a file of lines outside the vault, each chained to the one before and
/// signed. Open, it is locked for this process.
///
/// Beside it lies `NAME.head`, which says how far it had come: lines cut off its end are missed.
public struct DrillLedger: ~Copyable {
    /// What there was when it was opened, and was added since.
    public private(set) var state: LedgerState

    private let files: any BackupFiles
    private let name: String
    private let key: LedgerKey
    private let file: Int32
    private var head: LedgerHead
    private var byteCount: Int64
    /// After a write that failed and could not be taken back.
    private var isBroken = false

    /// Opens the ledger, makes it when there is none, and checks all of it. A line that a crash
    /// had cut short is cut off, and a line of its own says so.
    ///
    /// Throws `.integrity` when lines were cut, changed or moved; `.targetInUse` while another
    /// process has it open.
    public static func open(
        _ name: String, key: consuming LedgerKey, now: Int64, in files: any BackupFiles
    ) throws(BackupError) -> DrillLedger {
        var bytes: [UInt8] = []
        var headBytes: [UInt8]?
        let file = try openFile(name, in: files)
        do throws(FileFault) {
            bytes = try files.readAll(file, limit: BackupLimits.ledgerBytesMax)
            headBytes = try files.contents(
                of: headName(name), limit: BackupLimits.ledgerLineBytesMax)
        } catch {
            files.close(file)
            throw error.error(in: files.path)
        }
        let contents: LedgerContents
        do throws(BackupError) {
            contents = try LedgerContents(
                bytes, publicKey: key.publicHalf, head: try head(headBytes, lines: bytes))
        } catch {
            files.close(file)
            throw error
        }
        var ledger = DrillLedger(
            state: LedgerState(contents.lines), files: files, name: name, key: key, file: file,
            head: contents.head, byteCount: Int64(contents.byteCount))
        if contents.tornByteCount > 0 {
            try ledger.cutOff()
            var torn = TornLine()
            torn.byteCount = contents.tornByteCount
            try ledger.append(.torn(torn), at: now)
        }
        return ledger
    }

    /// Checks a ledger without writing anything, whoever may be adding to it meanwhile; nil when
    /// there is none.
    ///
    /// - Parameter seen: how far it had come when the caller last read it.
    ///
    /// Throws `.integrity` as `open` does, and for a ledger that has not come as far as `seen`.
    public static func read(
        _ name: String, publicKey: [UInt8], seen: LedgerHead? = nil, in files: any BackupFiles
    ) throws(BackupError) -> (state: LedgerState, head: LedgerHead)? {
        var (headBytes, bytes): ([UInt8]?, [UInt8]?)
        do throws(FileFault) {
            // The head first: lines that come meanwhile are behind it.
            headBytes = try files.contents(
                of: headName(name), limit: BackupLimits.ledgerLineBytesMax)
            bytes = try files.contents(of: name, limit: BackupLimits.ledgerBytesMax)
        } catch { throw error.error(in: files.path) }
        guard let bytes else {
            guard headBytes == nil else {
                throw .integrity(
                    "\(name) is gone and its head is there; put it back from a copy kept elsewhere")
            }
            return nil
        }
        let contents = try LedgerContents(
            bytes, publicKey: publicKey, head: try head(headBytes, lines: bytes))
        if let seen { try contents.check(seen) }
        return (LedgerState(contents.lines), contents.head)
    }

    private init(
        state: LedgerState, files: any BackupFiles, name: String, key: consuming LedgerKey,
        file: Int32, head: LedgerHead, byteCount: Int64
    ) {
        self.state = state
        self.files = files
        self.name = name
        self.key = key
        self.file = file
        self.head = head
        self.byteCount = byteCount
    }

    deinit { files.close(file) }

    /// The half of the key that verifies the ledger, 32 bytes.
    public var publicKey: [UInt8] { key.publicHalf }

    /// Of the last line: what an auditor writes down.
    public var position: LedgerHead { head }

    /// Writes a line. When this returns it is on the disk. When it throws, the line is not in the
    /// ledger, unless only the head beside it could not be written: opening it again tells.
    public mutating func append(_ body: LedgerBody, at time: Int64) throws(BackupError) {
        guard !isBroken else {
            throw .inconclusive("the ledger could not be written before; open it again")
        }
        let line = LedgerLine(sequence: head.sequence + 1, time: time, body: body)
        let bytes = Array(try line.signed(previous: head.hash, key: key).utf8)
        guard bytes.count <= BackupLimits.ledgerLineBytesMax else {
            throw .inconclusive("the report has \(bytes.count) bytes; run fewer cases at once")
        }
        do throws(FileFault) {
            try write(bytes + [0x0A])
        } catch {
            try cutOff()
            throw error.error(in: files.path)
        }
        byteCount += Int64(bytes.count + 1)
        head.sequence += 1
        head.hash = LedgerLine.hash(of: bytes[...])
        state.take(line)
        // A crash before this leaves a head that is behind, which is no contradiction.
        try AtomicFile.write(
            head.bytes, to: Self.headName(name), isShared: true, replacing: true, in: files)
    }

    /// Writes a line for each of the runs that were missed.
    public mutating func append(_ missed: [MissedRun], at time: Int64) throws(BackupError) {
        for run in missed { try append(.missed(run), at: time) }
    }

    private func write(_ bytes: [UInt8]) throws(FileFault) {
        let (files, file) = (files, file)
        var failure: FileFault?
        bytes.withUnsafeBytes { buffer in
            do throws(FileFault) { try files.writeAll(buffer, to: file) } catch { failure = error }
        }
        if let failure { throw failure }
        let size = try files.patiently { () throws(FileFault) in try files.size(of: file) }
        guard size == byteCount + Int64(bytes.count) else {
            throw FileFault(code: EIO, call: "check the size of \(name)")
        }
        try files.patiently { () throws(FileFault) in try files.synchronize(file) }
    }

    /// Removes what is behind the last whole line.
    private mutating func cutOff() throws(BackupError) {
        let (files, file, byteCount) = (files, file, byteCount)
        do throws(FileFault) {
            try files.patiently { () throws(FileFault) in
                try files.truncate(file, to: byteCount)
            }
            try files.patiently { () throws(FileFault) in try files.synchronize(file) }
        } catch {
            isBroken = true
            throw error.error(in: files.path)
        }
    }

    private static func headName(_ name: String) -> String { name + ".head" }

    private static func openFile(
        _ name: String, in files: any BackupFiles
    ) throws(BackupError) -> Int32 {
        let file: Int32
        var isOurs = false
        do throws(FileFault) {
            if try !files.exists(name) { try create(name, in: files) }
            file = try files.patiently { () throws(FileFault) in
                try files.open(name, appending: true)
            }
        } catch { throw error.error(in: files.path) }
        do throws(FileFault) {
            isOurs = try files.patiently { () throws(FileFault) in try files.lock(file) }
        } catch {
            files.close(file)
            throw error.error(in: files.path)
        }
        guard isOurs else {
            files.close(file)
            throw .targetInUse("another drill has \(name) open; wait for its end")
        }
        return file
    }

    private static func create(_ name: String, in files: any BackupFiles) throws(FileFault) {
        let file = try files.patiently { () throws(FileFault) in try files.create(name) }
        defer { files.close(file) }
        try files.patiently { () throws(FileFault) in try files.share(file) }
        try files.patiently { () throws(FileFault) in try files.synchronizeDirectory() }
    }

    private static func head(
        _ bytes: [UInt8]?, lines: [UInt8]
    ) throws(BackupError) -> LedgerHead? {
        guard let bytes else {
            // Written after each line: only after the first can a crash have left it out.
            guard lines.count(where: { $0 == 0x0A }) <= 1 else {
                throw .integrity(
                    "the head of the ledger is missing; put it back from a copy kept elsewhere")
            }
            return nil
        }
        do throws(JSONError) { return try LedgerHead(bytes: bytes) } catch {
            throw .integrity(
                "the head of the ledger is damaged: \(error.what); "
                    + "put it back from a copy kept elsewhere")
        }
    }
}
