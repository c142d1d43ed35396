import VaultSeal

/// Passes on what of one archive of a chain still existed at the end of the newest.
struct ChainReader<Visitor: ChainVisitor>: ArchiveItems.Visitor {
    private let visitor: Visitor
    /// Leases and access rules are those of the newest archive.
    private let isLast: Bool
    private let passesAudit: Bool
    private let after: Int64
    private let upTo: Int64
    /// What still exists, rising; nil for everything.
    private let survivors: [ArchivePlace]?
    private var next = 0
    /// Of the frame that is read: what the next record adds to the state hash, and its sealed form.
    private var digests: ArraySlice<StateHash> = []
    private var sealed = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Records that the archive has.
    private(set) var recordCount: UInt64 = 0

    init(
        visitor: Visitor, isLast: Bool, passesAudit: Bool, after: Int64, upTo: Int64,
        survivors: [ArchivePlace]?
    ) {
        self.visitor = visitor
        self.isLast = isLast
        self.passesAudit = passesAudit
        self.after = after
        self.upTo = upTo
        self.survivors = survivors
        if let survivors {
            // The list is of all archives before; this one's part begins here.
            next = survivors.partitionPoint { $0.main > max(after, 0) }
        }
    }

    /// Passes on the records of a frame.
    mutating func read(_ frame: PreparedFrame) throws(BackupError) {
        digests = frame.digests[...]
        try frame.sealed.lend { (sealed) throws(BackupError) in
            self.sealed = sealed
            try ArchiveItems.read(frame.bytes, &self)
            self.sealed = UnsafeRawBufferPointer(start: nil, count: 0)
        }
    }

    private mutating func takePrepared(
        _ place: ArchivePlace, payloadCount: Int
    ) -> (digest: StateHash, sealed: UnsafeRawBufferPointer) {
        guard let digest = digests.popFirst() else {
            preconditionFailure("every record was prepared")
        }
        let isSealed = visitor.sealing.map { place.main <= $0.lastRevision } ?? false
        let count = isSealed ? RecordCipher.sealedCount(payloadCount: payloadCount) : 0
        defer { sealed = UnsafeRawBufferPointer(rebasing: sealed[count...]) }
        return (digest, UnsafeRawBufferPointer(rebasing: sealed[..<count]))
    }

    mutating func kept(_ places: [ArchivePlace]) {}

    mutating func record(
        _ place: ArchivePlace, _ payload: UnsafeRawBufferPointer
    ) throws(BackupError) {
        guard place.main > after, place.main <= upTo else {
            throw .integrity("a record is of revision \(place.main), which is another archive's")
        }
        recordCount += 1
        let prepared = takePrepared(place, payloadCount: payload.count)
        if let survivors {
            while next < survivors.count, survivors[next] < place { next += 1 }
            guard next < survivors.count, survivors[next] == place else { return }
        }
        try visitor.record(
            place, payload, digest: prepared.digest, sealed: prepared.sealed)
    }

    mutating func lease(id: Int64, _ payload: UnsafeRawBufferPointer) throws(BackupError) {
        if isLast { try visitor.lease(id: id, payload) }
    }

    mutating func access(_ payload: UnsafeRawBufferPointer) throws(BackupError) {
        if isLast { try visitor.access(payload) }
    }

    mutating func audit(first: UInt64, _ lines: UnsafeRawBufferPointer) throws(BackupError) {
        if passesAudit { try visitor.audit(first: first, lines) }
    }
}

extension Array where Element == ArchivePlace {
    /// The first index whose element satisfies what all after it do, too.
    fileprivate func partitionPoint(_ isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = low + (high - low) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
