import VaultSeal

/// What the index needs of some consecutive records, opened and verified.
struct RecordChunk: Sendable {
    struct Record: Sendable {
        var position: LogPosition
        var createRevision: Int64
        var version: Int64
        var lease: LeaseID
        var keyOffset: Int
        var keyCount: Int
    }

    private(set) var records: [Record] = []
    private(set) var keys: Bytes = []
    private(set) var storedBytes: Int64 = 0
    /// The latest time that a record bears; milliseconds since 1970.
    private(set) var lastTime: Int64 = 0
    /// What the records add to the state hash.
    private(set) var stateHash = StateHash.zero

    /// Opens one record with `buffer` as scratch space and keeps what the index needs.
    mutating func add(
        key: UnsafeRawBufferPointer, sealed: UnsafeRawBufferPointer, cipher: RecordCipher,
        stateHashKey: StateHashKey, buffer: inout Bytes
    ) throws(StoreError) {
        guard let place = LogKey(key) else { throw .damaged("a record lies under no revision") }
        let position = LogPosition(main: place.main, sub: place.sub)
        let start = StateHashKey.placeCount
        if buffer.count < start + sealed.count {
            buffer = Bytes(repeating: 0, count: max(start + sealed.count, 2 * buffer.count))
        }
        let outcome: Result<Void, StoreError> = buffer.withUnsafeMutableBytes { buffer in
            do throws(StoreError) {
                let room = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
                let count = try cipher.openPayload(sealed, at: position, into: room)
                let payload = UnsafeRawBufferPointer(rebasing: room[..<count])
                guard let record = LogRecord.decode(payload) else {
                    throw StoreError.damaged(
                        "the record at \(place.main).\(place.sub) is malformed")
                }
                keep(record, at: place)
                let message = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(start + count)])
                stateHash.add(try Self.digest(of: message, at: position, stateHashKey))
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
        storedBytes += Int64(key.count + sealed.count)
    }

    private static func digest(
        of message: UnsafeMutableRawBufferPointer, at position: LogPosition, _ key: StateHashKey
    ) throws(StoreError) -> StateHash {
        let place = RecordPlace.log(
            main: UInt64(bitPattern: position.main), sub: position.sub)
        do throws(SealError) { return try key.digest(of: message, at: place) } catch {
            throw .closed
        }
    }

    private mutating func keep(_ record: LogRecord, at place: LogKey) {
        records.append(
            Record(
                position: LogPosition(
                    main: place.main, sub: place.sub, isTombstone: record.kind == .tombstone),
                createRevision: record.createRevision, version: record.version,
                lease: LeaseID(record.lease), keyOffset: keys.count, keyCount: record.key.count))
        keys.append(contentsOf: record.key)
        lastTime = max(lastTime, record.time)
    }
}

extension KeyIndex {
    /// Adds records that follow, in the log's order, everything added before.
    mutating func load(_ chunk: RecordChunk) {
        chunk.keys.withUnsafeBytes { keys in
            for record in chunk.records {
                let key = UnsafeRawBufferPointer(
                    rebasing: keys[record.keyOffset..<(record.keyOffset + record.keyCount)])
                let entry: IndexEntry
                if let known = find(key) {
                    known.append(record.position)
                    entry = known
                } else {
                    entry = insert(key, position: record.position)
                }
                if !record.position.isTombstone {
                    entry.setGeneration(
                        createRevision: record.createRevision, version: record.version)
                }
            }
        }
    }
}

extension LeaseAttachments {
    /// Follows records in the log's order: in the end each key hangs on what its newest names.
    mutating func load(_ chunk: RecordChunk) {
        chunk.keys.withUnsafeBytes { keys in
            for record in chunk.records where record.lease != .none || !isEmpty {
                let key = keys[record.keyOffset..<(record.keyOffset + record.keyCount)]
                attach(Bytes(key), to: record.lease)
            }
        }
    }
}
