import VaultSeal
import VaultStore

/// A value that a key had, and what has to be true of the key now.
public struct PastValue: Sendable {
    public var difference: KeyDifference
    public var value: [UInt8]
}

/// Brings the values that keys had from the archives, in portions that fit into memory: the
/// archives are read again for each.
public struct PastValues {
    private let chain: OpenedChain
    /// In the order of the log.
    private var waiting: ArraySlice<KeyDifference>

    public init(of differences: [KeyDifference], from chain: OpenedChain) {
        self.chain = chain
        waiting = differences.filter { $0.kind != .newer }.sorted { $0.place < $1.place }[...]
    }

    /// The next portion; nil when there is nothing more.
    public mutating func next() throws(BackupError) -> [PastValue]? {
        try next(bytesMax: BackupLimits.pastValueBytesMax)
    }

    /// - Parameter bytesMax: bytes of values; one that is larger comes alone.
    mutating func next(bytesMax: Int) throws(BackupError) -> [PastValue]? {
        guard !waiting.isEmpty else { return nil }
        let reader = PastValueReader(waiting, bytesMax: bytesMax)
        _ = try chain.read(reader)
        guard reader.isFull || reader.waiting.isEmpty else {
            throw .integrity(
                "\(chain.chain.last.path): records are gone that were there before; "
                    + "leave the archives alone and try again")
        }
        waiting = reader.waiting
        return reader.values
    }
}

/// Takes values at their places while a chain is read.
private final class PastValueReader: ChainVisitor {
    private(set) var waiting: ArraySlice<KeyDifference>
    private(set) var values: [PastValue] = []
    private(set) var isFull = false
    private let bytesMax: Int
    private var byteCount = 0

    init(_ waiting: ArraySlice<KeyDifference>, bytesMax: Int) {
        self.waiting = waiting
        self.bytesMax = bytesMax
    }

    func record(
        _ place: ArchivePlace, _ payload: UnsafeRawBufferPointer, digest: StateHash,
        sealed: UnsafeRawBufferPointer
    ) throws(BackupError) {
        guard !isFull, let next = waiting.first, next.place == place else { return }
        guard let record = ArchivedRecord(payload), !record.isDeletion,
            record.key.elementsEqual(next.key)
        else { throw .integrity("a record is not the one that was there before") }
        guard values.isEmpty || byteCount + record.value.count <= bytesMax else {
            isFull = true
            return
        }
        values.append(PastValue(difference: next, value: Array(record.value)))
        byteCount += record.value.count
        waiting.removeFirst()
    }

    func lease(id: Int64, _ payload: UnsafeRawBufferPointer) {}

    func access(_ payload: UnsafeRawBufferPointer) {}
}
