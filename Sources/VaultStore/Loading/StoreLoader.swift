import LMDB
import VaultSeal

#if canImport(Glibc)
    import Glibc
#endif

/// The unseal scan: checks the file's structure, opens every record on all cores, builds the
/// index, and holds the result against the sealed head. LMDB itself sees the file only afterwards.
struct StoreLoader {
    struct Loaded {
        var index: SharedIndex
        var head: StoreHead
        var usedBytes: Int64
        /// The latest time that a record bears; milliseconds since 1970.
        var lastTime: Int64
        var leases: [LeaseID: Duration] = [:]
        var attachments = LeaseAttachments()
        /// Of every record but the head.
        var stateHash = StateHash.zero
    }

    /// Leaf pages that one thread opens at a time: about a thousand small records.
    private static let pagesPerChunk = 64
    /// Opened chunks that may wait for the index, to bound memory.
    private static let chunksWaitingMax = 8

    let file: FileCheck
    let cipher: RecordCipher
    let stateHashKey: StateHashKey
    /// For a test that must see the alarm be silent without it.
    var checksStateHash = true
    /// What could be saved of a damaged file: leases are not, and keys may name them.
    var isSalvaged = false
    let threads: Int
    let progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?

    init(
        path: String, moment: FileCheck.Moment = .newest, cipher: RecordCipher,
        stateHashKey: StateHashKey, threads: Int,
        progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?
    ) throws(StoreError) {
        do throws(FileDamage) {
            file = try FileCheck.open(path: path, moment: moment)
        } catch { throw StoreError(error) }
        self.cipher = cipher
        self.stateHashKey = stateHashKey
        self.threads = threads
        self.progress = progress
    }

    private var digester: RecordDigester {
        RecordDigester(cipher: cipher, key: stateHashKey)
    }

    func load() throws(StoreError) -> Loaded {
        guard let log = file.tables[RecordLog.logTableName],
            let leases = file.tables[RecordLog.leaseTableName],
            file.tables[RecordLog.stateTableName] != nil, file.tables.count == 3
        else { throw .damaged("the file does not have the tables of a vault") }
        let (head, accessHash) = try readHead()
        guard head.transaction == file.transaction else {
            throw .damaged("the sealed head belongs to another commit")
        }
        guard UInt64(leases.entries) == head.leaseCount else {
            throw .damaged("there are \(leases.entries) leases, \(head.leaseCount) were written")
        }
        var sequence = SequenceCheck(
            floor: head.compactRevision, gaps: RevisionGaps(cipher.gaps))
        var loaded = try buildIndex(total: Int(log.entries), head: head, &sequence)
        sequence.finish(current: head.currentRevision)
        guard UInt64(log.entries) == head.recordCount else {
            throw .damaged(
                "the log has \(log.entries) records, \(head.recordCount) were written"
                    + StateHashCheck.naming(sequence.missing))
        }
        guard loaded.last <= head.currentRevision else {
            throw .damaged("there are records after revision \(head.currentRevision), the newest")
        }
        loaded.store.stateHash.add(accessHash)
        try readLeases(into: &loaded.store)
        do throws(FileDamage) { try file.finish() } catch { throw StoreError(error) }
        if checksStateHash {
            try StateHashCheck.check(
                loaded.store.stateHash, against: head, missing: sequence.missing)
        }
        loaded.store.head.stateHash = loaded.store.stateHash
        loaded.store.index.change { $0.recount() }
        return loaded.store
    }

    /// The head, and that the access record is the one that it names; with what that adds to the
    /// state hash.
    private func readHead() throws(StoreError) -> (StoreHead, StateHash) {
        var head: StoreHead?
        var accessNumber: UInt64 = 0
        var hash = StateHash.zero
        for page in file.leafPages(of: RecordLog.stateTableName) {
            try file.visit(page, failure: StoreError.init) { (key, sealed) throws(StoreError) in
                if key.elementsEqual(RecordLog.headKey) {
                    head = try cipher.openHead(sealed)
                } else if key.elementsEqual(AccessRecord.key) {
                    accessNumber = try cipher.openAccess(sealed).number
                    hash.add(
                        try digester.digest(ofSealed: sealed, at: AccessRecord.place) {
                            "the access record"
                        })
                } else {
                    throw .damaged("the state table has an entry that nobody wrote")
                }
            }
        }
        guard let head else { throw .damaged("the sealed head is missing") }
        guard head.accessNumber == accessNumber else {
            throw .damaged("the access rules are not the ones that were written last")
        }
        return (head, hash)
    }

    /// Every lease, and that every key that hangs on one hangs on one of them.
    private func readLeases(into loaded: inout Loaded) throws(StoreError) {
        for page in file.leafPages(of: RecordLog.leaseTableName) {
            try file.visit(page, failure: StoreError.init) { (key, sealed) throws(StoreError) in
                let (id, record) = try cipher.openLease(key: key, sealed: sealed)
                loaded.stateHash.add(
                    try digester.digest(ofSealed: sealed, at: RecordLog.place(of: id)) {
                        "a lease"
                    })
                loaded.leases[id] = .seconds(record.ttlSeconds)
                loaded.usedBytes += Int64(key.count + sealed.count)
            }
        }
        if isSalvaged {
            loaded.attachments = LeaseAttachments()
            return
        }
        if loaded.attachments.firstLease(where: { loaded.leases[$0] != nil }) != nil {
            throw .damaged("a key names a lease that does not exist")
        }
    }

    /// Opens all records on `threads` threads while this one puts them into the index, in order.
    private func buildIndex(
        total: Int, head: StoreHead, _ sequence: inout SequenceCheck
    ) throws(StoreError) -> (store: Loaded, last: Int64) {
        let pages = file.leafPages(of: RecordLog.logTableName)
        let chunks = (pages.count + Self.pagesPerChunk - 1) / Self.pagesPerChunk
        let (file, cipher, stateHashKey) = (file, cipher, stateHashKey)
        let pipeline = OrderedPipeline<Result<RecordChunk, StoreError>>(
            count: chunks, window: Self.chunksWaitingMax, threads: threads
        ) { number in
            let start = number * Self.pagesPerChunk
            let end = min(start + Self.pagesPerChunk, pages.count)
            return Self.open(
                pages[start..<end], of: file, cipher: cipher, stateHashKey: stateHashKey)
        }
        defer { pipeline.finish() }
        var loaded = Loaded(index: SharedIndex(), head: head, usedBytes: 0, lastTime: 0)
        var done = 0
        var last: Int64 = 0
        while let result = pipeline.next() {
            let chunk = try result.get()
            loaded.index.change { $0.load(chunk) }
            loaded.attachments.load(chunk)
            loaded.usedBytes += chunk.storedBytes
            loaded.stateHash.add(chunk.stateHash)
            for record in chunk.records {
                sequence.take(main: record.position.main, sub: record.position.sub)
            }
            loaded.lastTime = max(loaded.lastTime, chunk.lastTime)
            done += chunk.records.count
            last = chunk.records.last?.position.main ?? last
            progress?(done, total)
        }
        return (loaded, last)
    }

    private static func open(
        _ pages: ArraySlice<FileCheck.LeafPage>, of file: FileCheck, cipher: RecordCipher,
        stateHashKey: StateHashKey
    ) -> Result<RecordChunk, StoreError> {
        var chunk = RecordChunk()
        var buffer = Bytes(repeating: 0, count: 4096)
        defer {
            buffer.withUnsafeMutableBytes { bytes in
                if let base = bytes.baseAddress { explicit_bzero(base, bytes.count) }
            }
        }
        do throws(StoreError) {
            for page in pages {
                try file.visit(page, failure: StoreError.init) { (key, sealed) throws(StoreError) in
                    try chunk.add(
                        key: key, sealed: sealed, cipher: cipher, stateHashKey: stateHashKey,
                        buffer: &buffer)
                }
            }
            return .success(chunk)
        } catch {
            return .failure(error)
        }
    }
}

extension StoreError {
    init(_ damage: FileDamage) {
        switch damage {
        case .system(let code): self = .storage("the data file cannot be read (errno \(code))")
        case .unsupported(let version): self = .unsupportedFormat(version: version)
        case .missing, .tooShort, .foreign, .page, .structure: self = .damaged("\(damage)")
        }
    }
}
